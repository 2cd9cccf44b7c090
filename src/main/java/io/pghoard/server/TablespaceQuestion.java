// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which tablespaces a cluster has, and whether pg_basebackup takes them all.
 *
 * @param dataDirectory the cluster's, when it is on this machine
 */
public record TablespaceQuestion(Path psql, ConnectionInfo node, @Nullable Path dataDirectory) {
  /** From then on pg_basebackup has an archive for each of those in place. */
  private static final int IN_PLACE_SINCE = 16;

  /**
   * Those by their object ids.
   *
   * <p>A user who may only replicate cannot ask. Then the data directory tells, and if that is
   * elsewhere, there is none; if there are some, pg_basebackup refuses to write to its standard
   * output.
   */
  public Map<Long, ServerTablespace> answer() {
    Map<Long, ServerTablespace> all = new TreeMap<>();
    boolean known = false;
    try {
      all.putAll(ServerTablespace.list(psql, node));
      known = true;
    } catch (IOException e) {
      // The data directory is asked instead.
    }
    for (ServerTablespace here : inDirectory()) {
      // pg_basebackup follows a link that the catalogue lacks, and ignores such a directory.
      if (!known || !here.isInPlace()) {
        all.putIfAbsent(here.oid(), here);
      }
    }
    return all;
  }

  /**
   * Refuses tablespaces that pg_basebackup would leave out in silence.
   *
   * @param major the server's version
   * @throws IOException with their names and what to do
   */
  public static void requireBackedUp(Map<Long, ServerTablespace> tablespaces, int major)
      throws IOException {
    String leftOut = leftOut(tablespaces, major);
    if (!leftOut.isEmpty()) {
      throw new IOException(
          "pg_basebackup leaves out tablespace %s, which is a directory in pg_tblspc instead of a link; %s"
              .formatted(leftOut, REMEDY));
    }
  }

  /** What to do about those that are left out. */
  static final String REMEDY =
      "move its tables to a tablespace outside of the data directory; or stop PostgreSQL, move pg_tblspc/OID"
          + " elsewhere and make pg_tblspc/OID a symbolic link to it; PostgreSQL 16 and later back it up as it is";

  /** Those that pg_basebackup leaves out, "" when there are none. */
  static String leftOut(Map<Long, ServerTablespace> tablespaces, int major) {
    return major >= IN_PLACE_SINCE
        ? ""
        : tablespaces.values().stream()
            .filter(ServerTablespace::isInPlace)
            .map(ServerTablespace::toString)
            .collect(Collectors.joining(", "));
  }

  private Iterable<ServerTablespace> inDirectory() {
    Map<Long, ServerTablespace> found = new TreeMap<>();
    if (dataDirectory != null) {
      try (DirectoryStream<Path> entries =
          Files.newDirectoryStream(dataDirectory.resolve("pg_tblspc"))) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (name.matches("[0-9]{1,10}")) {
            long oid = Long.parseLong(name);
            found.put(oid, new ServerTablespace(oid, name, location(entry)));
          }
        }
      } catch (IOException e) {
        // Whether it can be read is another check.
        return found.values();
      }
    }
    return found.values();
  }

  private static String location(Path entry) throws IOException {
    return Files.isSymbolicLink(entry) ? Files.readSymbolicLink(entry).toString() : "";
  }
}
