// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import io.pghoard.drill.DrillServer.Login;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A restored cluster that has recovered, as it is put to the proof.
 *
 * @param left how long the drill may go on
 */
public record ScratchCluster(
    DrillServer server, Login login, DrillReport report, Supplier<Duration> left) {
  /** PostgreSQL keeps it after recovery, until it is restarted. */
  private static final String LAST_COMMIT =
      "SELECT to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

  /**
   * Compares the newest commit that was replayed with what the stored WAL has.
   *
   * @param expected null when that is not known exactly
   */
  public @Nullable Instant requireReached(@Nullable Instant expected) throws IOException {
    String text = server.ask(login, LAST_COMMIT, left.get());
    Instant reached = text.isEmpty() ? null : parse(text);
    report.fact("last_commit_reached", reached == null ? "none was replayed" : text);
    report.fact("last_commit_expected", expected == null ? "not known" : expected.toString());
    if (expected != null && (reached == null || reached.isBefore(expected))) {
      throw new DrillFailedException(
          "recovery reached the commit of %s, and the stored WAL has one of %s"
              .formatted(reached == null ? "no transaction" : text, expected));
    }
    return reached;
  }

  private static Instant parse(String text) throws DrillFailedException {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new DrillFailedException(
          "the restored server says that its last commit was at " + text);
    }
  }

  /** Looks for damage in its tables and indexes, where pg_amcheck is installed. */
  public void check() throws IOException {
    if (!server.has("pg_amcheck")) {
      report.fact("pg_amcheck", "not installed");
      return;
    }
    try {
      server.amcheck(login, left.get());
    } catch (IOException e) {
      throw new DrillFailedException("pg_amcheck has found damage: " + e.getMessage());
    }
    report.fact("pg_amcheck", "found nothing");
  }

  /** Asks the operator's queries, all of them, each of which has to give true. */
  public void require(List<String> queries) throws IOException {
    String failed = null;
    for (String query : queries) {
      String result;
      try {
        result = server.ask(login, query, left.get());
      } catch (IOException e) {
        result = String.valueOf(e.getMessage());
      }
      // Rows of the database are not for the report.
      report.query(query, shown(result));
      if (!result.equals("t") && failed == null) {
        failed = "the query \"%s\" gave %s and not true".formatted(query, shown(result));
      }
    }
    if (failed != null) {
      throw new DrillFailedException(failed);
    }
  }

  private static String shown(String result) {
    String line = result.isEmpty() ? "nothing" : result.replace('\n', ' ');
    return line.length() > 300 ? line.substring(0, 300) + "..." : line;
  }
}
