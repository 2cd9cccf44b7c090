// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The file in the root of a local repository that tells it from an empty mount point.
 *
 * <pre>
 *   .pghoard-repository    "0b0f8e3c-5d0e-4a43-9d4b-0f6e9a1c7d52", newline
 * </pre>
 */
record RepositoryMarker(Path root) {
  static final String NAME = ".pghoard-repository";
  private static final int LENGTH = 36;

  /** The id in the marker; null when there is none, or nothing that an id could be. */
  @Nullable String read() throws IOException {
    Path file = root.resolve(NAME);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      String text = new String(in.readNBytes(LENGTH + 2), US_ASCII);
      return text.matches("[0-9a-f-]{36}\n") ? text.substring(0, LENGTH) : null;
    } catch (NoSuchFileException | NotDirectoryException e) {
      return null;
    }
  }

  /** Reads the id; makes the marker, durably, when there is none. The root must be there. */
  String readOrMake() throws IOException {
    String there = read();
    if (there == null) {
      new PublishLock(root).during(this::make);
      there = read();
    }
    if (there == null) {
      throw new IOException(root.resolve(NAME) + " is not a marker that pghoard wrote");
    }
    return there;
  }

  private void make() throws IOException {
    if (read() == null) {
      new DurableText(root.resolve(NAME)).write(UUID.randomUUID() + "\n");
    }
  }
}
