// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tablespace as a server tells of it.
 *
 * @param name may be anything, even another tablespace's object id
 * @param location an absolute path; of a tablespace that is a directory in {@code pg_tblspc} a
 *     relative one, or "" when the server cannot tell it
 */
public record ServerTablespace(long oid, String name, String location) {
  private static final String NAMES = "SELECT oid, spcname, '' FROM pg_catalog.pg_tablespace";
  private static final String LOCATIONS =
      "SELECT oid, spcname, pg_catalog.pg_tablespace_location(oid) FROM pg_catalog.pg_tablespace";

  /** Pg_default and pg_global, as pg_tablespace.dat numbers them, lie in the data directory. */
  private static final String WITHOUT_THE_TWO = " WHERE oid NOT IN (1663, 1664)";

  /**
   * The tablespaces of a cluster by their object ids, without the two that every cluster has. Asks
   * over an ordinary connection, to the database postgres unless the node names another one.
   */
  public static Map<Long, ServerTablespace> list(Path psql, ConnectionInfo node)
      throws IOException {
    try {
      return ask(psql, node, LOCATIONS + WITHOUT_THE_TWO);
    } catch (IOException e) {
      // Older servers fail when one of them is no link.
      Map<Long, ServerTablespace> tablespaces = ask(psql, node, NAMES + WITHOUT_THE_TWO);
      for (long oid : List.copyOf(tablespaces.keySet())) {
        tablespaces.putAll(located(psql, node, oid));
      }
      return tablespaces;
    }
  }

  /** Whether it is a directory in {@code pg_tblspc} and no link. */
  public boolean isInPlace() {
    return !location.startsWith("/");
  }

  /** For people. */
  @Override
  public String toString() {
    return "%s (%d)".formatted(FileNameBytes.shown(name), oid);
  }

  private static Map<Long, ServerTablespace> located(Path psql, ConnectionInfo node, long oid) {
    try {
      return ask(psql, node, LOCATIONS + " WHERE oid = " + oid);
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static Map<Long, ServerTablespace> ask(Path psql, ConnectionInfo node, String query)
      throws IOException {
    // The server then sends names and paths as the bytes that they are.
    ConnectionInfo database = ServerFacts.withDatabase(node).with("client_encoding", "SQL_ASCII");
    byte[] rows =
        RunningProgram.outputBytes(
            psql.toString(),
            List.of(
                "--no-psqlrc",
                "--no-align",
                "--tuples-only",
                "--no-password",
                "--field-separator-zero",
                "--record-separator-zero",
                "--dbname=" + database.toConnectionString(),
                "--command=" + query),
            ServerFacts.LIMIT);
    String[] fields = FileNameBytes.decode(rows).split("\0", -1);
    Map<Long, ServerTablespace> tablespaces = new TreeMap<>();
    for (int i = 0; i + 2 < fields.length; i += 3) {
      long oid = Long.parseLong(fields[i].strip());
      tablespaces.put(oid, new ServerTablespace(oid, fields[i + 1], fields[i + 2]));
    }
    return tablespaces;
  }
}
