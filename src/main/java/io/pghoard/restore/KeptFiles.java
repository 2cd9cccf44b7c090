// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.repository.BaseBackup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a target directory that stay, as they are what was backed up: of a restore that was
 * cut off, or of an older state of the cluster. Each is read once, and compared with the backup's
 * manifest.
 *
 * <p>WAL is never kept, nor what is linked to from elsewhere: a pg_upgrade --link shares the files
 * of two clusters.
 */
final class KeptFiles {
  /**
   * What initdb makes, from PostgreSQL 10 on: a chunk that is not fetched may be the one that had
   * one of them, empty. The server does not start without some of them.
   */
  private static final List<String> DIRECTORIES =
      List.of(
          "base",
          "global",
          "pg_commit_ts",
          "pg_dynshmem",
          "pg_logical/mappings",
          "pg_logical/snapshots",
          "pg_multixact/members",
          "pg_multixact/offsets",
          "pg_notify",
          "pg_replslot",
          "pg_serial",
          "pg_snapshots",
          "pg_stat",
          "pg_stat_tmp",
          "pg_subtrans",
          "pg_tblspc",
          "pg_twophase",
          "pg_wal/archive_status",
          "pg_xact");

  private final RestorePlan plan;
  private final RestoreProgress progress;
  private long files;
  private long bytes;

  KeptFiles(RestorePlan plan, RestoreProgress progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Whether files are kept at all: those of older servers, and of chunks without a list, are not.
   */
  boolean wanted() {
    Integer version = plan.backup().majorVersion();
    return plan.request().keep()
        && plan.checks().known()
        && plan.backup().format() == BaseBackup.Format.CHUNKS
        && version != null
        && version >= 10;
  }

  /**
   * Whether a file below one of the directories stays.
   *
   * @param root the data directory, or a tablespace's, without links
   * @param prefix of its files in the manifest: "", or {@code pg_tblspc/OID/}
   */
  boolean keeps(Path root, String prefix, Path file) throws IOException {
    if (progress.stopped()) {
      throw new InterruptedIOException("the restore was stopped");
    }
    if (!file.startsWith(root)) {
      return false;
    }
    String relative = root.relativize(file).toString();
    if (!FileNameBytes.resolve(root, relative).equals(file)
        || (int) Files.getAttribute(file, "unix:nlink") != 1
        || !plan.checks().keep(prefix + relative, file)) {
      return false;
    }
    long size = Files.size(file);
    files++;
    bytes += size;
    progress.wrote(size);
    progress.wroteFile();
    return true;
  }

  /** Makes the directories that every cluster has. */
  void makeDirectories(RestoredFiles restored) throws IOException {
    for (String directory : DIRECTORIES) {
      restored.createDirectories(plan.dataDirectory().path().resolve(directory));
    }
  }

  /** What was kept, for people. */
  String note() {
    return "%d files with %d bytes were there as they were backed up, and were kept"
        .formatted(files, bytes);
  }
}
