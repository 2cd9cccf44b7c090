// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that takes pghoard's receiver for a synchronous standby. */
class SynchronousStandbyIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void receiverThatCommitsWaitFor_isAnAlert_untilTheyDoNot(@TempDir Path home) throws Exception {
    ClusterOptions options =
        ClusterOptions.standard().withWalSegmentMegabytes(1).with("archive_mode", "off");
    try (PostgresCluster cluster = PostgresCluster.create(options);
        RunningService service = receiving(home, cluster)) {
      Path alert = home.resolve("commits_wait");
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                // It is a standby to the server from the first segment on that it has finished.
                cluster.psql("SELECT pg_logical_emit_message(false, 'test', 'x')");
                cluster.switchWal();
                String flushed = "SELECT count(flush_lsn) FROM pg_stat_replication";
                return cluster.value(flushed).equals("1");
              });
      for (String names :
          new String[] {"*", "ANY 1 (other, bucket)", "FIRST 1 (\"Bucket\", other)"}) {
        cluster.configure("synchronous_standby_names", names);
        await().atMost(LIMIT).until(() -> Files.exists(alert));
        assertThat(alert)
            .content()
            .contains("site: main", names, "not \"Bucket\"", "pg_receivexlog.synchronous");
        cluster.configure("synchronous_standby_names", "");
        await().atMost(LIMIT).until(() -> Files.notExists(alert));
      }
      service.reconfigure(
          root -> root.withObject("/backup_sites/main/pg_receivexlog").put("synchronous", true));
      cluster.configure("synchronous_commit", "remote_apply");
      cluster.configure("synchronous_standby_names", "*");
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> Files.readString(alert).contains("synchronous_commit = on"));
      cluster.configure("synchronous_commit", "on");
      await().atMost(LIMIT).until(() -> Files.notExists(alert));
      assertThat(cluster.psql("SELECT sync_state FROM pg_stat_replication")).contains("sync");
    }
  }

  private static RunningService receiving(Path home, PostgresCluster cluster) throws Exception {
    return new RunningService(
        home,
        cluster.dataDirectory(),
        root ->
            root.withObject("/backup_sites/main")
                .put("active_backup_mode", "pg_receivexlog")
                .putNull("basebackup_interval_hours")
                .withArray("nodes")
                .removeAll()
                .add(cluster.connectionString() + " slot=pghoard application_name=Bucket"),
        "pghoard.server.check-delay",
        "0",
        "pghoard.server.check-period",
        "200",
        "pghoard.wal.receive-period",
        "50");
  }
}
