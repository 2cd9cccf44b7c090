// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.ThisUser;
import io.pghoard.config.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process may delete a file, as far as the system tells without a try: inode(7) has
 * the rules. Every answer is a reason against it, or empty.
 *
 * <p>The kernel denies writing to an immutable file even to root, before it looks at the mode; so
 * one that may not be written although its mode allows it is immutable. An append-only file and an
 * immutable one without a mode to write cannot be told.
 */
final class Deletable {
  static final String USER = String.valueOf(System.getProperty("user.name"));

  private static final int OWNER_MAY_WRITE = 0200;
  private static final int STICKY = 01000;

  private final int user = ThisUser.uid();
  private @Nullable Path directory;
  private boolean sticky;
  private Object device = "";

  private record Facts(int owner, int mode) {
    static Facts of(Path path) throws IOException {
      return new Facts(
          (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS),
          (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS));
    }
  }

  /** What keeps this process from deleting the entries of a directory. */
  String obstacleIn(Path entered) {
    if (Files.isWritable(entered) && Files.isExecutable(entered) && Files.isReadable(entered)) {
      return "";
    }
    return "the user " + USER + " may not delete what is in " + entered;
  }

  /** What keeps it from deleting an entry, when its directory allows it. */
  String obstacle(Path entry) throws IOException {
    String foreign = stickyObstacle(entry);
    if (!foreign.isEmpty() || Files.isWritable(entry)) {
      return foreign;
    }
    Facts facts = Facts.of(entry);
    boolean allowed = user == 0 || (facts.owner == user && (facts.mode & OWNER_MAY_WRITE) != 0);
    return allowed ? entry + " is immutable (chattr -i), or its file system cannot be written" : "";
  }

  /** In a sticky directory one deletes one's own files only. */
  String stickyObstacle(Path entry) throws IOException {
    enter(entry.getParent());
    return !sticky || Facts.of(entry).owner == user
        ? ""
        : entry + " belongs to another user, and its directory is sticky (chmod -t)";
  }

  /** What keeps PostgreSQL from using a directory that stays. */
  String foreignObstacle(Path kept) throws IOException {
    return user == 0 || Facts.of(kept).owner == user
        ? ""
        : "the user " + USER + " does not own " + kept + ", on which something is mounted";
  }

  /** The file system of the entry that was looked at last. */
  Object device() {
    return device;
  }

  private void enter(@Nullable Path parent) throws IOException {
    if (parent != null && !parent.equals(directory)) {
      Facts facts = Facts.of(parent);
      // Root, and the owner of a sticky directory, may delete all that is in it.
      sticky = (facts.mode & STICKY) != 0 && user != 0 && facts.owner != user;
      device = Volume.device(parent);
      directory = parent;
    }
  }
}
