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
    List<TablespaceDirectory> placed = new ArrayList<>();
    for (Map.Entry<String, BaseBackupObject.Tablespace> entry : tablespaces.entrySet()) {
      Path original = Path.of(entry.getValue().path());
      Path path = request.tablespaces().directory(entry.getKey(), original).normalize();
      AllowedDirectories.require(path, run.host().allowed());
      for (TablespaceDirectory other : placed) {
        requireApart(path, other.path());
      }
      requireApart(path, request.targetDirectory());
      placed.add(new TablespaceDirectory(entry.getKey(), entry.getValue().oid(), path));
    }
    for (TablespaceDirectory tablespace : placed) {
      if (!request.overwrite() || !tablespace.belongsTo(request.targetDirectory())) {
        new TargetDirectory(tablespace.path()).requireUsableForTablespace(tablespace.name());
      }
    }
    return placed;
  }

  private static void requireApart(Path one, Path other) throws RestoreRefusedException {
    if (one.startsWith(other) || other.startsWith(one)) {
      throw new RestoreRefusedException(
          "the directories "
              + one
              + " and "
              + other
              + " must lie apart; map the tablespace to"
              + " another directory");
    }
  }
}
