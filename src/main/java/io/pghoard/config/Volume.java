// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file system that a path lies on. Asked of the path itself and not of the table of mounts, as
 * {@link Files#getFileStore} does, which fails in a chroot: the mount point is not seen from there.
 */
public final class Volume {
  private Volume() {}

  /** What is equal for two paths when they lie on one file system. */
  public static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev");
  }

  /** How many bytes an ordinary user may still write there. */
  public static long usableBytes(Path path) throws IOException {
    path.getFileSystem().provider().checkAccess(path);
    return path.toFile().getUsableSpace();
  }
}
