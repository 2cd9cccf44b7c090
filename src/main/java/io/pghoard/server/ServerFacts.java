// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.config.BackupMode;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of its cluster before anything is taken from it.
 *
 * @param versionNumber as PostgreSQL counts: 150018 is 15.18
 * @param timeline on which it is, unsigned
 * @param standby whether it is in recovery, or writes nothing for another reason
 * @param archiving whether its archive_mode is not off
 * @param flushed up to where its WAL is on its disk
 */
public record ServerFacts(
    int versionNumber,
    SystemIdentifier systemIdentifier,
    WalSegmentSize walSegmentSize,
    int timeline,
    boolean standby,
    boolean archiving,
    Lsn flushed) {
  /** What to do about archive_mode = off, which may be set in two files. */
  public static final String ARCHIVE_MODE_REMEDY =
      "set archive_mode = on in postgresql.conf (where postgresql.auto.conf says off, as after a restore: run ALTER SYSTEM RESET archive_mode), and restart PostgreSQL";

  static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|kB|MB|GB)");

  /**
   * Asks over a replication connection, as the user of a backup need not be let in otherwise.
   *
   * @throws IOException when it cannot connect, with psql's words
   */
  public static ServerFacts ask(Path psql, ConnectionInfo node) throws IOException {
    List<String> lines =
        answers(
                psql,
                node.with("replication", "true"),
                "IDENTIFY_SYSTEM",
                "SHOW server_version_num",
                "SHOW wal_segment_size",
                "SHOW transaction_read_only",
                "SHOW archive_mode")
            .lines()
            .toList();
    if (lines.size() != 5) {
      throw new IOException("the server's answers are not understood: " + lines);
    }
    try {
      // The system identifier, the timeline, the position, a database.
      String[] identity = lines.get(0).split("\\|", -1);
      return new ServerFacts(
          Integer.parseInt(lines.get(1)),
          SystemIdentifier.parse(identity[0]),
          new WalSegmentSize(bytes(lines.get(2))),
          Integer.parseUnsignedInt(identity.length > 1 ? identity[1] : ""),
          lines.get(3).equals("on"),
          !lines.get(4).equals("off"),
          Lsn.parse(identity.length > 2 ? identity[2] : ""));
    } catch (IllegalArgumentException e) {
      throw new IOException("the server's answers are not understood: " + lines, e);
    }
  }

  /** By what its cluster is told from others. */
  public ClusterIdentity identity() {
    return new ClusterIdentity(systemIdentifier, walSegmentSize);
  }

  /**
   * How a timeline came about, as the server tells it.
   *
   * <p>Source: TIMELINE_HISTORY in PostgreSQL's streaming replication protocol.
   */
  public static TimelineHistory history(Path psql, ConnectionInfo node, int timeline)
      throws IOException {
    String number = Integer.toUnsignedString(timeline);
    String row = answers(psql, node.with("replication", "true"), "TIMELINE_HISTORY " + number);
    try {
      // The file's name, and what is in it.
      return TimelineHistory.parse(timeline, row.substring(row.indexOf('|') + 1));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "the server's history of timeline " + number + ": " + e.getMessage(), e);
    }
  }

  /**
   * Whether a replication slot is of no use any more, as the server has removed WAL that it should
   * have kept (max_slot_wal_keep_size). A user who may only replicate cannot ask: then it is not.
   */
  public static boolean isSlotLost(Path psql, ConnectionInfo node, String slot) {
    try {
      return query(
              psql,
              node,
              "SELECT wal_status FROM pg_catalog.pg_replication_slots WHERE slot_name = '"
                  + slot
                  + "'")
          .strip()
          .equals("lost");
    } catch (IOException e) {
      return false;
    }
  }

  private static String query(Path psql, ConnectionInfo node, String sql) throws IOException {
    return answers(psql, withDatabase(node), sql);
  }

  /** An ordinary connection is to a database. */
  static ConnectionInfo withDatabase(ConnectionInfo node) {
    return node.parameters().containsKey("dbname") ? node : node.with("dbname", "postgres");
  }

  /** What psql writes as the answers to commands, one after the other. */
  private static String answers(Path psql, ConnectionInfo connection, String... commands)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("--no-psqlrc", "--no-align", "--tuples-only", "--no-password"));
    arguments.add("--dbname=" + connection.toConnectionString());
    Stream.of(commands).map("--command="::concat).forEach(arguments::add);
    return RunningProgram.output(psql.toString(), arguments, LIMIT);
  }

  /**
   * Why a site's WAL does not come from this server, or null when it may. A standby's WAL comes
   * from its primary; and where it is not archive_command that sends it, archive_mode is nothing.
   */
  public @Nullable String silent(SiteConfig site) {
    boolean sends = site.wal().mode() == BackupMode.ARCHIVE_COMMAND;
    return sends && !standby && !archiving
        ? "archive_mode is off: the server archives no WAL, and no base backup can be completed;  "
            + ARCHIVE_MODE_REMEDY
        : null;
  }

  public int major() {
    return versionNumber / 10_000;
  }

  private static int bytes(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a size: " + size);
    }
    int unit =
        switch (matcher.group(2)) {
          case "GB" -> 1 << 30;
          case "MB" -> 1 << 20;
          case "kB" -> 1 << 10;
          default -> 1;
        };
    return Math.multiplyExact(Integer.parseInt(matcher.group(1)), unit);
  }
}
