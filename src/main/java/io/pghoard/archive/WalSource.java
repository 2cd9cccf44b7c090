// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pghoard.archive.WalRefusedException.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file on disk as it was when it was looked at.
 *
 * @param size in bytes
 * @param inode what tells the file from another of the same name, where the file system says so
 */
record WalSource(Path file, long size, FileTime modified, @Nullable Object inode) {
  static WalSource of(Path file) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw new WalRefusedException(Reason.MISSING, "there is no file " + file);
    }
    if (attributes.isSymbolicLink()) {
      throw new WalRefusedException(Reason.SYMBOLIC_LINK, file + " is a symbolic link");
    }
    if (!attributes.isRegularFile()) {
      throw new WalRefusedException(Reason.MISSING, file + " is not a file");
    }
    return new WalSource(
        file, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  byte[] start(int length) throws IOException {
    try (InputStream in = Files.newInputStream(file, NOFOLLOW_LINKS)) {
      return in.readNBytes(length);
    }
  }

  /**
   * Opens the file.
   *
   * @return a stream whose end fails when the file was changed or replaced since it was looked at
   */
  InputStream open() throws IOException {
    return new FilterInputStream(Files.newInputStream(file, NOFOLLOW_LINKS)) {
      @Override
      public int read() throws IOException {
        int next = super.read();
        checkAtEnd(next);
        return next;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        checkAtEnd(read);
        return read;
      }
    };
  }

  private void checkAtEnd(int read) throws IOException {
    if (read < 0 && !of(file).equals(this)) {
      throw new WalRefusedException(
          Reason.CHANGED, "refused " + file + ": it changed while it was read");
    }
  }
}
