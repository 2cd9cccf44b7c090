// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a server says of its settings, its role and its archiver, over an ordinary connection. */
record NodeAnswers(Map<String, String> values) {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String QUESTION =
      """
      SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN
        ('archive_command', 'archive_library', 'archive_mode', 'data_checksums',
         'full_page_writes', 'max_wal_senders', 'server_version', 'server_version_num',
         'wal_level', 'wal_segment_size')
      UNION ALL SELECT 'role', current_user
      UNION ALL SELECT 'may_replicate', (rolreplication OR rolsuper)::text
        FROM pg_catalog.pg_roles WHERE rolname = current_user
      UNION ALL SELECT 'is_standby', pg_catalog.pg_is_in_recovery()::text
      UNION ALL SELECT 'epoch', extract(epoch FROM pg_catalog.clock_timestamp())::bigint::text
      UNION ALL SELECT 'wal_senders', count(*)::text FROM pg_catalog.pg_stat_replication
      UNION ALL SELECT 'archived_epoch', extract(epoch FROM last_archived_time)::bigint::text
        FROM pg_catalog.pg_stat_archiver
      UNION ALL SELECT 'archived_wal', last_archived_wal FROM pg_catalog.pg_stat_archiver
      UNION ALL SELECT 'failed_epoch', extract(epoch FROM last_failed_time)::bigint::text
        FROM pg_catalog.pg_stat_archiver
      UNION ALL SELECT 'failed_wal', last_failed_wal FROM pg_catalog.pg_stat_archiver
      UNION ALL SELECT 'failed_count', failed_count::text FROM pg_catalog.pg_stat_archiver
      """;

  /**
   * Asks the database that the node names, or the database postgres.
   *
   * @throws IOException when it cannot connect, with psql's words
   */
  static NodeAnswers ask(Path psql, ConnectionInfo node) throws IOException {
    String rows =
        RunningProgram.output(
            psql.toString(),
            List.of(
                "--no-psqlrc",
                "--no-align",
                "--tuples-only",
                "--no-password",
                "--field-separator-zero",
                "--record-separator-zero",
                "--dbname=" + withDatabase(node).toConnectionString(),
                "--command=" + QUESTION),
            LIMIT);
    String[] fields = rows.split("\0", -1);
    Map<String, String> values = new TreeMap<>();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      values.put(fields[i].strip(), fields[i + 1]);
    }
    return new NodeAnswers(values);
  }

  static ConnectionInfo withDatabase(ConnectionInfo node) {
    return node.parameters().containsKey("dbname") ? node : node.with("dbname", "postgres");
  }

  /** A value, or null when the server has none, or does not show it to this role. */
  @Nullable String text(String name) {
    String value = values.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A number, or null as above. */
  @Nullable Long number(String name) {
    String text = text(name);
    return text != null && text.matches("-?[0-9]{1,18}") ? Long.valueOf(text) : null;
  }

  boolean is(String name, String value) {
    return value.equals(text(name));
  }

  boolean isStandby() {
    return is("is_standby", "true");
  }
}
