// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The text of one of PostgreSQL's files, each byte a char.
 *
 * <p>PostgreSQL demands no encoding of its configuration, of a history or a backup_label: a reason
 * or a comment may be in any, or in two. So nothing is decoded, and what is written back is what
 * was read.
 */
public final class PostgresText {
  // No file of settings is anywhere near; what a backup holds under its name may be anything.
  private static final int LONGEST = 16 << 20;

  private PostgresText() {}

  /** Reads a file of at most 16 MiB. */
  public static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST);
      if (in.read() != -1) {
        throw new IOException(file + " has more than " + LONGEST + " bytes");
      }
      return of(bytes);
    }
  }

  public static String of(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  public static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** For people, and for names of files: read as UTF-8, as far as it is that. */
  public static String shown(String text) {
    return new String(bytes(text), UTF_8);
  }

  /** What is written into such a file: the bytes of the text in UTF-8. */
  public static String inUtf8(String text) {
    return of(text.getBytes(UTF_8));
  }
}
