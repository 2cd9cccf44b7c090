// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.check.Answer;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the commits of a server wait for pghoard: a receiver that synchronous_standby_names
 * names, or takes in with {@code *}, is a synchronous standby to PostgreSQL.
 *
 * @param names synchronous_standby_names
 * @param states of pghoard's own WAL senders that commits wait for: sync, quorum; "" for none
 * @param applies whether some commits wait until their WAL is applied
 * @param application the name by which PostgreSQL knows pghoard
 */
record SynchronousStandby(String names, String states, boolean applies, String application) {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  // Of the role's own WAL senders every role sees all.
  private static final String QUESTION =
      """
      SELECT pg_catalog.current_setting('synchronous_standby_names'),
        (SELECT pg_catalog.string_agg(DISTINCT sync_state, ', ')
          FROM pg_catalog.pg_stat_replication
          WHERE usename = current_user AND sync_state IN ('sync', 'quorum')
            AND application_name = pg_catalog.current_setting('application_name')),
        (SELECT count(*) FROM pg_catalog.pg_settings
          WHERE name = 'synchronous_commit' AND setting = 'remote_apply')
        + (SELECT count(*) FROM pg_catalog.pg_db_role_setting
          WHERE 'synchronous_commit=remote_apply' = ANY (setconfig)),
        pg_catalog.current_setting('application_name')
      """;

  /**
   * Asks the database that the node names, or the database postgres.
   *
   * @throws IOException when it cannot connect, with psql's words
   */
  static SynchronousStandby ask(Path psql, ConnectionInfo shown) throws IOException {
    String row =
        RunningProgram.output(
            psql.toString(),
            List.of(
                "--no-psqlrc",
                "--no-align",
                "--tuples-only",
                "--no-password",
                "--field-separator-zero",
                "--record-separator-zero",
                "--dbname=" + NodeAnswers.withDatabase(shown).toConnectionString(),
                "--command=" + QUESTION),
            LIMIT);
    String[] fields = row.split("\0", -1);
    if (fields.length < 4) {
      throw new IOException("the answer of the server is not understood: " + row);
    }
    return new SynchronousStandby(
        fields[0].strip(), fields[1], !fields[2].equals("0"), fields[3].strip());
  }

  /** What is wrong with that, and on the next line what to do; null when nothing is. */
  @Nullable String trouble(SiteConfig site) {
    if (states.isEmpty()) {
      return null;
    }
    String leaveOut =
        "name only the real standbys in synchronous_standby_names, and not \"%s\" (application_name of the node) or *, and reload"
            .formatted(application);
    boolean confirms = site.wal().received() && site.wal().synchronous();
    if (!confirms) {
      return """
      commits wait for pghoard, as synchronous_standby_names = '%s' makes it a synchronous standby (sync_state %s), \
      and it confirms WAL only when a segment is finished
      %s; or set pg_receivexlog.synchronous to true, and each commit is confirmed at once"""
          .formatted(names, states, leaveOut);
    }
    return applies
        ? """
        commits with synchronous_commit = remote_apply wait for ever: synchronous_standby_names = '%s' makes pghoard a \
        synchronous standby (sync_state %s), which writes WAL and never applies it
        set synchronous_commit = on; or %s"""
            .formatted(names, states, leaveOut)
        : null;
  }

  /** The same as the answer of a check. */
  Answer answer(SiteConfig site) {
    String trouble = trouble(site);
    if (trouble == null) {
      return Answer.ok(
          states.isEmpty() ? "no commit waits for pghoard" : "commits wait for pghoard, as set");
    }
    String[] lines = trouble.split("\n", 2);
    return Answer.failed(lines[0], lines[1]);
  }
}
