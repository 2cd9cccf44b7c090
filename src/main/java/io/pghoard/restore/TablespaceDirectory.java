// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where one tablespace of a restored cluster goes.
 *
 * @param key its name in the chunks: {@code tablespaces/KEY/...}
 */
record TablespaceDirectory(String key, String name, long oid, Path path) {
  /** The link to it in a data directory. */
  Path link(Path dataDirectory) {
    return dataDirectory.resolve("pg_tblspc").resolve(Long.toUnsignedString(oid));
  }

  /** Whether a file of the backup's manifest lies here. */
  boolean holds(String manifestPath) {
    return manifestPath.startsWith("pg_tblspc/" + Long.toUnsignedString(oid) + "/");
  }

  /**
   * Whether the cluster in this data directory has its tablespace here, so that overwriting the one
   * overwrites the other.
   */
  boolean belongsTo(Path dataDirectory) throws IOException {
    Path link = link(dataDirectory);
    return Files.isSymbolicLink(link)
        && TargetDirectory.real(link).equals(TargetDirectory.real(path));
  }
}
