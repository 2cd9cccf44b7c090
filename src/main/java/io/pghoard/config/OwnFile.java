// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A small file by which pghoard and its operator tell each other something, at a place where others
 * may write too, such as /tmp: it counts only when it is root's or this user's own, a file and no
 * link.
 */
public record OwnFile(Path path) {
  /** What is larger was written by somebody else, or for another purpose. */
  public static final int LARGEST = 1 << 20;

  /** Whether it is there and counts. */
  public boolean exists() {
    try {
      return Files.exists(path, LinkOption.NOFOLLOW_LINKS) && foreign() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Why what is there does not count; null when it does, or when nothing is there. */
  public @Nullable String foreign() throws IOException {
    PosixFileAttributes file;
    try {
      file = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
    if (file.isSymbolicLink()) {
      return path + " is a symbolic link";
    }
    if (!file.isRegularFile()) {
      return path + " is no file";
    }
    return ThisUser.trusts(ThisUser.uid(path))
        ? null
        : "%s belongs to %s".formatted(path, file.owner().getName());
  }

  /**
   * Reads it.
   *
   * @return null when it is not there
   * @throws IOException also when it does not count, or is larger than 1 MiB
   */
  public byte @Nullable [] read() throws IOException {
    requireOwn();
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException(path + " is larger than 1 MiB");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Refuses to touch what is another's.
   *
   * @throws IOException with whose it is
   */
  public void requireOwn() throws IOException {
    String why = foreign();
    if (why != null) {
      throw new IOException(why + ", and is neither read nor written");
    }
  }
}
