// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * File names, which are bytes to PostgreSQL and to Linux, as text: UTF-8, and each byte that is not
 * part of any character in UTF-8 as one of U+DC80 to U+DCFF. No bytes are lost, and two names are
 * equal when their bytes are.
 *
 * <p>Source: Python's error handler {@code surrogateescape} (PEP 383), by which the Python pghoard
 * reads and writes the names in a record.
 */
public final class FileNameBytes {
  private static final int ESCAPED = 0xDC00;
  private static final Pattern LONE = Pattern.compile("[\\uDC80-\\uDCFF]");

  private FileNameBytes() {}

  /** The text of a name. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** The text of a name that is part of something longer. */
  public static String decode(byte[] bytes, int offset, int length) {
    CharsetDecoder decoder =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
    CharBuffer out = CharBuffer.allocate(length);
    CoderResult result = decoder.decode(in, out, true);
    while (!result.isUnderflow()) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPED | (in.get() & 0xFF)));
      }
      result = decoder.decode(in, out, true);
    }
    return out.flip().toString();
  }

  /** The bytes of a name. */
  public static byte[] encode(String name) {
    if (isUtf8(name)) {
      return name.getBytes(UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    name.codePoints()
        .forEach(
            character -> {
              if (isEscaped(character)) {
                bytes.write(character & 0xFF);
              } else {
                bytes.writeBytes(Character.toString(character).getBytes(UTF_8));
              }
            });
    return bytes.toByteArray();
  }

  /** Whether the bytes of a name are UTF-8. */
  public static boolean isUtf8(String name) {
    // Half of a pair has such a value too, and is seen as part of its character here.
    return !LONE.matcher(name).find();
  }

  /** A name for people: what is not UTF-8 as {@code \xFC}. */
  public static String shown(String name) {
    return LONE.matcher(name)
        .replaceAll(byteOf -> "\\\\x%02X".formatted(byteOf.group().charAt(0) & 0xFF));
  }

  /**
   * The path with exactly these bytes below a directory.
   *
   * @param relative to the directory
   */
  public static Path resolve(Path directory, String relative) {
    Path path = directory;
    for (String name : relative.split("/", -1)) {
      path = path.resolve(element(name));
    }
    return path;
  }

  /** The absolute or relative path with exactly these bytes. */
  public static Path path(String path) {
    return resolve(Path.of(path.startsWith("/") ? "/" : ""), path);
  }

  /**
   * One element of a path. A path made of text has only names that the locale knows; of a file URI
   * Java takes the bytes as they are.
   */
  private static Path element(String name) {
    if (name.chars().allMatch(c -> c > 0 && c < 0x7F)) {
      return Path.of(name);
    }
    StringBuilder uri = new StringBuilder("file:///");
    for (byte b : encode(name)) {
      uri.append("%%%02X".formatted(b));
    }
    return Objects.requireNonNull(Path.of(URI.create(uri.toString())).getFileName());
  }

  private static boolean isEscaped(int character) {
    return character >= ESCAPED + 0x80 && character <= ESCAPED + 0xFF;
  }
}
