// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A directory that a restore is going to fill: the data directory, or that of a tablespace.
 *
 * @param path absolute
 */
record TargetDirectory(Path path) {
  /** In a data directory from the start of a restore to its end. */
  static final String MARK = "pghoard_restore.incomplete";

  static final String LOST_AND_FOUND = "lost+found";

  /**
   * Refuses a data directory that cannot be written.
   *
   * @param overwrite whether a cluster in it may be deleted
   * @throws RestoreRefusedException with the reason
   */
  void requireUsableForCluster(boolean overwrite) throws IOException {
    requireDirectoryOrParent();
    requireNoServer();
    if (isEmpty()) {
      return;
    }
    if (!overwrite) {
      throw notEmpty();
    }
    if (!Files.exists(path.resolve("PG_VERSION")) && !Files.exists(path.resolve(MARK))) {
      throw new RestoreRefusedException(
          path
              + " is not empty, and holds no database cluster (no PG_VERSION), so it is not"
              + " overwritten. Empty it by hand, or name another target directory");
    }
  }

  /**
   * Refuses a data directory that this restore has marked, when somebody came before the mark.
   *
   * @throws RestoreRefusedException with the reason
   */
  void requireStillUsable(boolean overwrite) throws IOException {
    requireNoServer();
    if (!overwrite && !isEmptyBut(MARK)) {
      throw notEmpty();
    }
  }

  private void requireNoServer() throws RestoreRefusedException {
    if (Files.exists(path.resolve("postmaster.pid"), LinkOption.NOFOLLOW_LINKS)) {
      throw new RestoreRefusedException(
          path
              + " is in use: it has a postmaster.pid. Stop the server there; if none is running,"
              + " delete that file");
    }
  }

  private RestoreRefusedException notEmpty() {
    return new RestoreRefusedException(
        path + " is not empty. Empty it, name another target directory, or ask to overwrite it");
  }

  /**
   * Refuses a tablespace's directory that cannot be written.
   *
   * @throws RestoreRefusedException with the reason
   */
  void requireUsableForTablespace(String name) throws IOException {
    requireDirectoryOrParent();
    if (!isEmpty()) {
      throw new RestoreRefusedException(
          "the directory for tablespace "
              + name
              + ", "
              + path
              + ", is not empty. Empty it, or map the tablespace to another directory"
              + " (--tablespace-dir "
              + name
              + "=DIR)");
    }
  }

  private void requireDirectoryOrParent() throws IOException {
    if (Files.isDirectory(path)) {
      requireWritable(path);
    } else if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new RestoreRefusedException(path + " is not a directory");
    } else {
      Path parent = path.getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw new RestoreRefusedException(
            "the directory that is to hold " + path + " does not exist: create " + parent);
      }
      requireWritable(parent);
    }
  }

  private static void requireWritable(Path directory) throws IOException {
    if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
      throw new RestoreRefusedException(
          "the user "
              + System.getProperty("user.name")
              + " may not write in "
              + directory
              + "; restore as the user that runs PostgreSQL, and give it that directory");
    }
  }

  /** Whether the directory is missing, or holds nothing but a file system's lost+found. */
  boolean isEmpty() throws IOException {
    return isEmptyBut(LOST_AND_FOUND);
  }

  private boolean isEmptyBut(String name) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        if (!entry.endsWith(LOST_AND_FOUND) && !entry.endsWith(name)) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  /** The bytes that emptying it would free. */
  long size() throws IOException {
    AtomicLong bytes = new AtomicLong();
    if (Files.isDirectory(path)) {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              bytes.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return bytes.get();
  }

  /** The nearest directory that exists: the directory itself, or one above it. */
  Path existing() {
    Path at = path;
    while (!Files.isDirectory(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  /** Makes the directory, for its owner alone, as PostgreSQL wants it. */
  void create() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectory(path);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }

  /** Deletes what is in it, but for lost+found; links are deleted, not followed. */
  void clear() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        if (!entry.endsWith(LOST_AND_FOUND) && !entry.endsWith(MARK)) {
          delete(entry);
        }
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
