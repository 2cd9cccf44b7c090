// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.repository.BaseBackupObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds the places of a backup's tablespaces, and refuses those that cannot be used. */
final class Tablespaces {
  private Tablespaces() {}

  /**
   * Places the tablespaces as the request maps them.
   *
   * @throws RestoreRefusedException with the reason
   */
  static List<TablespaceDirectory> place(
      RestoreRun run, Map<String, BaseBackupObject.Tablespace> tablespaces) throws IOException {
    RestoreRequest request = run.request();
    for (String mapped : request.tablespaces().directories().keySet()) {
      if (!tablespaces.containsKey(mapped)) {
        throw new RestoreRefusedException(
            "the base backup has no tablespace " + mapped + "; it has " + tablespaces.keySet());
      }
    }
    Path wal = new TargetDirectory(request.targetDirectory()).linkedWal();
    List<TablespaceDirectory> placed = new ArrayList<>();
    for (Map.Entry<String, BaseBackupObject.Tablespace> entry : tablespaces.entrySet()) {
      Path original = Path.of(entry.getValue().path());
      Path path = request.tablespaces().directory(entry.getKey(), original).normalize();
      AllowedDirectories.require(path, run.host().allowed());
      for (TablespaceDirectory other : placed) {
        TargetDirectory.requireApart(path, other.path());
      }
      TargetDirectory.requireApart(path, request.targetDirectory());
      if (wal != null) {
        TargetDirectory.requireApart(path, wal);
      }
      placed.add(new TablespaceDirectory(entry.getKey(), entry.getValue().oid(), path));
    }
    for (TablespaceDirectory tablespace : placed) {
      TargetDirectory directory = new TargetDirectory(tablespace.path());
      if (request.overwrite() && tablespace.belongsTo(request.targetDirectory())) {
        directory.clearing().requirePossible();
      } else {
        directory.requireUsableForTablespace(tablespace.name());
      }
    }
    return placed;
  }
}
