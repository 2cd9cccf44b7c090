// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.postgres.TablespaceMap;
import io.pghoard.repository.BaseBackupObject.Tablespace;
import io.pghoard.server.ServerTablespace;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tablespaces that pg_basebackup has delivered. Which they are is told by the backup's
 * tablespace_map, as some may have come or gone since the server was asked; it knows no names.
 */
final class BackedUpTablespaces {
  private final Map<Long, ServerTablespace> listed;
  private final HeldFiles held;

  /**
   * To be asked once the data directory has arrived.
   *
   * @param listed what the server said, by object ids
   */
  BackedUpTablespaces(Map<Long, ServerTablespace> listed, HeldFiles held) {
    this.listed = listed;
    this.held = held;
  }

  /** What stands before the names of a tablespace's files in a chunk. */
  String prefix(long oid) throws IOException {
    Tablespace tablespace = byOid().get(oid);
    // One that is a directory in pg_tblspc is part of the data directory.
    return tablespace == null
        ? "pgdata/pg_tblspc/" + oid + "/"
        : "tablespaces/" + tablespace.key() + "/";
  }

  /** Those that lie outside of {@code pg_tblspc}, by their names in the chunks. */
  Map<String, Tablespace> byKey() throws IOException {
    Map<String, Tablespace> tablespaces = new TreeMap<>();
    byOid().values().forEach(each -> tablespaces.put(each.key(), each));
    return tablespaces;
  }

  private Map<Long, Tablespace> byOid() throws IOException {
    Map<Long, Tablespace> tablespaces = new TreeMap<>();
    try {
      TablespaceMap.parse(held.tablespaceMap())
          .forEach((oid, path) -> tablespaces.put(oid, tablespace(oid, path)));
    } catch (IllegalArgumentException e) {
      throw new IOException("pg_basebackup sent an unexpected file", e);
    }
    return tablespaces;
  }

  private Tablespace tablespace(long oid, String path) {
    ServerTablespace known = listed.get(oid);
    return new Tablespace(path, oid, known == null ? Long.toString(oid) : known.name());
  }
}
