// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.command.DaemonProcess;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.server.RunningProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of several pg_receivewal in one directory, each would overwrite what the others wrote. */
class WalReceiveStartIT {
  private static PostgresCluster cluster;

  @TempDir Path home = Path.of("");

  @BeforeAll
  static void create() {
    cluster = PostgresCluster.create(ReceivingCluster.OPTIONS);
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void secondOne_waitsForTheEndOfTheFirst() throws Exception {
    Path own = Files.createDirectories(home.resolve("spool/main/xlog_receiving"));
    try (RunningProgram former =
            RunningProgram.startAlone(own.resolve("lock"), "/bin/sleep", List.of("600"));
        ReceivingCluster site = new ReceivingCluster(home, cluster.connectionString())) {
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(site.receivers().status(RunningService.SITE).trouble())
                      .contains("lock is locked: another one runs"));
      assertThat(site.programs()).isEmpty();
      former.end("the test wants it");
      site.awaitStreaming();
    }
  }

  @Test
  void daemonThatIsKilled_leavesNone_andTheNextGoesOnWithoutAGap() throws Exception {
    String site =
        """
        "active_backup_mode": "pg_receivexlog", "basebackup_interval_hours": null,
        "nodes": ["%s slot=pghoard"],
        "object_storage": {"storage_type": "local", "directory": "%s/repository"}
        """
            .formatted(cluster.connectionString(), home);
    Path incoming = home.resolve("spool/main/xlog_incoming");
    int port = DaemonProcess.freePort();
    String first;
    try (DaemonProcess daemon = DaemonProcess.start(home, port, site)) {
      awaitOne(incoming, daemon);
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .until(() -> cluster.value("SELECT count(*) FROM pg_stat_replication").equals("1"));
      cluster.psql("SELECT pg_logical_emit_message(true, 'test', 'one')");
      first = cluster.switchWal();
      daemon.kill();
    }
    cluster.psql("SELECT pg_logical_emit_message(true, 'test', 'two')");
    String second = cluster.switchWal();
    try (DaemonProcess daemon = DaemonProcess.start(home, port, site)) {
      awaitOne(incoming, daemon);
      for (String name : List.of(first, second)) {
        await()
            .atMost(Duration.ofMinutes(1))
            .failFast("the daemon has ended", () -> !daemon.isAlive())
            .until(() -> Files.exists(home.resolve("repository/main/xlog/" + name)));
      }
      assertThat(cluster.value("SELECT slot_name FROM pg_replication_slots")).isEqualTo("pghoard");
      daemon.stop();
    }
    assertThat(ReceivingCluster.programs(incoming)).isEmpty();
    cluster.psql("SELECT pg_drop_replication_slot('pghoard')");
  }

  /** Waits for a running pg_receivewal, and fails when ever there are two. */
  private static void awaitOne(Path incoming, DaemonProcess daemon) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(100))
        .failFast("the daemon has ended", () -> !daemon.isAlive())
        .until(
            () -> {
              int running = ReceivingCluster.programs(incoming).size();
              assertThat(running).isLessThan(2);
              return running == 1;
            });
  }
}
