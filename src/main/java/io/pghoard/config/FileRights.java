// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Who else may write or read a file, as ssh looks at its own: who can write a file that is code, or
 * that names programs, is as good as the daemon's user.
 */
public final class FileRights {
  private static final int GROUP_WRITES = 0020;
  private static final int OTHERS_WRITE = 0002;
  private static final int OTHERS_READ = 0004;
  private static final int STICKY = 01000;

  private FileRights() {}

  /**
   * Why a file, or the directory that it lies in, can be changed by others than its owner; null
   * when it cannot. Links are followed. A group counts as somebody else unless it is named like the
   * file's owner.
   */
  public static @Nullable String changedByOthers(Path file) throws IOException {
    Path real = file.toRealPath();
    String why = writable(real);
    Path directory = real.getParent();
    return why != null || directory == null ? why : writable(directory);
  }

  private static @Nullable String writable(Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    // In a directory such as /tmp nobody can replace another's file.
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && (mode & STICKY) != 0) {
      return null;
    }
    if ((mode & OTHERS_WRITE) != 0) {
      return "everybody may write " + path;
    }
    PosixFileAttributes file = Files.readAttributes(path, PosixFileAttributes.class);
    String group = file.group().getName();
    return (mode & GROUP_WRITES) != 0 && !group.equals(file.owner().getName())
        ? "the group %s may write %s".formatted(group, path)
        : null;
  }

  /** Whose a file is that is neither root's nor this user's; null when it is. */
  public static @Nullable String strangersOwn(Path file) throws IOException {
    Path real = file.toRealPath();
    return ThisUser.trusts(ThisUser.uid(real))
        ? null
        : "%s belongs to %s".formatted(real, Files.getOwner(real));
  }

  /** Whether everybody on the machine may read a file. */
  public static boolean readByAll(Path file) throws IOException {
    return ((Integer) Files.getAttribute(file, "unix:mode") & OTHERS_READ) != 0;
  }
}
