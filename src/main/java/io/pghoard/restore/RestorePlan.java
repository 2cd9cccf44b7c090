// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.repository.BaseBackup;
import java.util.List;

/**
 * A restore that can work, as far as can be told before anything is touched.
 *
 * @param chunks in any order; each can be read while others are
 * @param checks of every file that is written
 * @param restoreCommand for the restored cluster's settings
 */
record RestorePlan(
    RestoreRequest request,
    BaseBackup backup,
    List<RestoreChunk> chunks,
    List<TablespaceDirectory> tablespaces,
    FileChecks checks,
    String restoreCommand) {
  RestorePlan {
    chunks = List.copyOf(chunks);
    tablespaces = List.copyOf(tablespaces);
  }

  /** The plan for a backup that is one tar archive, as pg_basebackup writes it. */
  static RestorePlan ofWholeTar(RestoreRequest request, BaseBackup backup, String restoreCommand) {
    return new RestorePlan(
        request,
        backup,
        List.of(new RestoreChunk(backup.key(), backup.plainSize())),
        List.of(),
        FileChecks.none(),
        restoreCommand);
  }

  TargetDirectory dataDirectory() {
    return new TargetDirectory(request.targetDirectory());
  }

  /** The bytes that the restore will write: of files when they are known, else of archives. */
  long plainBytes() {
    return checks.known()
        ? checks.bytes(path -> true)
        : chunks.stream().mapToLong(RestoreChunk::plainBytes).sum();
  }
}
