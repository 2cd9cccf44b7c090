// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.archive.WalRefusedException.Reason;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which files of a cluster's WAL directory PostgreSQL will not write any more. A segment looks
 * whole from its first page on: only its status file tells.
 *
 * <p>Source: {@code XLogArchiveNotify} and {@code XLogArchiveForceDone} in PostgreSQL's
 * xlogarchive.c: a segment has a .ready file once it is finished, and a .done file once it is
 * archived, or need not be. The other files appear under their names when they are complete.
 */
record FinishedWal(Path walDirectory) {
  void require(WalFileName name) throws WalRefusedException {
    boolean segment = name.kind() == Kind.SEGMENT || name.kind() == Kind.PARTIAL;
    // In this order, as PostgreSQL renames the one to the other.
    if (segment && !has(name, ".ready") && !has(name, ".done")) {
      throw new WalRefusedException(
          Reason.UNFINISHED,
          "refused %s: PostgreSQL may still write it, as %s has neither %s.ready nor %s.done"
              .formatted(name, walDirectory.resolve("archive_status"), name, name));
    }
  }

  private boolean has(WalFileName name, String suffix) {
    return Files.exists(walDirectory.resolve("archive_status").resolve(name + suffix));
  }
}
