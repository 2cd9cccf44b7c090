// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory that a restore is going to fill: the data directory, or that of a tablespace.
 *
 * @param path absolute
 */
record TargetDirectory(Path path) {
  /** In a data directory from the start of a restore to its end. */
  static final String MARK = "pghoard_restore.incomplete";

  static final String LOST_AND_FOUND = "lost+found";

  /** The directory of the WAL, and its name before PostgreSQL 10. */
  static final Set<String> WAL = Set.of("pg_wal", "pg_xlog");

  /**
   * Refuses a data directory that cannot be written.
   *
   * @param overwrite whether a cluster in it may be deleted
   * @throws RestoreRefusedException with the reason
   */
  void requireUsableForCluster(boolean overwrite) throws IOException {
    requireDirectoryOrParent();
    requireNoServer();
    requireUsableWal();
    if (isEmptyBut(LOST_AND_FOUND)) {
      return;
    }
    if (!overwrite) {
      throw notEmpty();
    }
    requireCluster();
    clearing().requirePossible();
  }

  /** A PG_VERSION would not do: the directory of each database has one too. */
  private void requireCluster() throws RestoreRefusedException {
    for (String sign : List.of("global/pg_control", MARK)) {
      if (Files.isRegularFile(path.resolve(sign), LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
    }
    throw new RestoreRefusedException(
        path
            + " is not empty, and holds no database cluster (no global/pg_control), so it is not"
            + " overwritten. Empty it by hand, or name another target directory");
  }

  /**
   * Refuses a data directory that this restore has marked, when somebody came before the mark.
   *
   * @throws RestoreRefusedException with the reason
   */
  void requireStillUsable(boolean overwrite) throws IOException {
    requireNoServer();
    requireUsableWal();
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
        path
            + " is not empty, or its pg_wal is not. Empty it, name another target directory, or ask to overwrite it");
  }

  /**
   * Refuses a tablespace's directory that cannot be written.
   *
   * @throws RestoreRefusedException with the reason
   */
  void requireUsableForTablespace(String name) throws IOException {
    requireDirectoryOrParent();
    if (!isEmptyBut(LOST_AND_FOUND)) {
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

  /**
   * Whether the directory is missing, or holds nothing but what may be there before a restore: a
   * file system's lost+found and an empty pg_wal, which may be a link or another file system.
   */
  private boolean isEmptyBut(String name) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        boolean wal = WAL.contains(entry.getFileName().toString()) && Files.isDirectory(entry);
        if (wal
            ? !new TargetDirectory(entry).isEmptyBut(LOST_AND_FOUND)
            : !entry.endsWith(LOST_AND_FOUND) && !entry.endsWith(name)) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  /** Where a pg_wal that is a link leads to, as initdb --waldir makes it, or null. */
  @Nullable Path linkedWal() throws IOException {
    for (String name : WAL) {
      Path link = path.resolve(name);
      if (Files.isSymbolicLink(link)) {
        return real(path.resolve(Files.readSymbolicLink(link)));
      }
    }
    return null;
  }

  private void requireUsableWal() throws IOException {
    Path wal = linkedWal();
    if (wal == null) {
      return;
    }
    if (!Files.isDirectory(wal)) {
      throw new RestoreRefusedException(
          "pg_wal in "
              + path
              + " is a link to "
              + wal
              + ", which is not a directory: make it one, or delete the link");
    }
    requireApart(wal, path);
    requireWritable(wal);
  }

  /**
   * Refuses two directories of which one lies in the other; links are followed.
   *
   * @throws RestoreRefusedException with both
   */
  static void requireApart(Path one, Path other) throws RestoreRefusedException {
    Path first = real(one);
    Path second = real(other);
    if (first.startsWith(second) || second.startsWith(first)) {
      throw new RestoreRefusedException(
          "the directories " + one + " and " + other + " must lie apart");
    }
  }

  /** A path with its links followed as far as it exists. */
  static Path real(Path path) {
    Path normal = path.toAbsolutePath().normalize();
    Path existing = new TargetDirectory(normal).existing();
    try {
      return existing.toRealPath().resolve(existing.relativize(normal));
    } catch (IOException e) {
      return normal;
    }
  }

  /** The nearest directory that exists: the directory itself, or one above it. */
  Path existing() {
    Path at = path;
    while (!Files.isDirectory(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  /**
   * Makes the directory, durably, for its owner alone, as PostgreSQL wants it.
   *
   * @param rule of what is there now, which may be another directory than the one that was planned
   */
  void create(TargetRule rule) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectory(path);
      Path parent = path.getParent();
      if (parent != null) {
        DurableTree.syncDirectory(parent);
      }
    }
    rule.require(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }

  /**
   * Looks at what emptying it would delete. A pg_wal that is a link stays, and the directory that
   * it leads to is emptied.
   */
  Clearing clearing() throws IOException {
    List<Path> all = new ArrayList<>(List.of(path));
    Set<Path> spared = new HashSet<>(Set.of(path.resolve(MARK)));
    Path wal = linkedWal();
    if (wal != null) {
      all.add(wal);
      WAL.forEach(name -> spared.add(path.resolve(name)));
    }
    return Clearing.of(all, spared);
  }
}
