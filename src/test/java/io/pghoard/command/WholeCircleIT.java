// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole circle under load: a base backup and 60 segments while pgbench runs, a failover to a
 * standby, and restores to the newest state, a time, a name and an LSN.
 */
class WholeCircleIT {
  private static final int SEGMENTS = 60;

  private final Path home;

  WholeCircleIT(@TempDir Path home) {
    this.home = home;
  }

  @Test
  void everyMomentUnderLoad_canBeRestored() throws Exception {
    int port = DaemonProcess.freePort();
    ClusterOptions options =
        ClusterOptions.standard()
            .withWalSegmentMegabytes(1)
            .withChecksums()
            .archivingWith("")
            .with("max_wal_size", "64MB");
    try (PostgresCluster primary = PostgresCluster.create(options)) {
      primary.pgbench("-i", "-q", "-s", "2");
      primary.psql("CREATE TABLE marks (n int)");
      primary.configure("archive_command", DaemonProcess.archiveCommand(primary, port));
      List<String> targets;
      try (DaemonProcess daemon = start(primary, port, "24");
          PostgresCluster standby = primary.standby()) {
        targets = markUnderLoad(primary, daemon);
        primary.stop();
        // A JVM that SIGTERM has ended in good order says so by its status: 128 + 15.
        assertThat(daemon.stop()).isEqualTo(143);
        failOver(standby, port, targets);
      }
    }
  }

  /** Compresses as pghoard does by default. */
  private DaemonProcess start(PostgresCluster cluster, int port, String interval)
      throws IOException {
    DaemonProcess.Site site = new DaemonProcess.Site(interval, DaemonProcess.local(home), "lzma");
    return DaemonProcess.start(home, cluster, port, site);
  }

  /** Marks 1 to 4, and what recovery needs to end just after the first three. */
  private List<String> markUnderLoad(PostgresCluster primary, DaemonProcess daemon)
      throws Exception {
    Process load =
        primary
            .program("pgbench", List.of("-c", "2", "-T", "600", "postgres"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> targets = new ArrayList<>();
    try {
      await()
          .atMost(Duration.ofMinutes(3))
          .failFast("the daemon has ended", () -> !daemon.isAlive())
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(daemon.json("GET", "/main/basebackup").get("basebackups")).hasSize(1));
      primary.psql("INSERT INTO marks VALUES (1)");
      primary.psql("SELECT pg_create_restore_point('one')");
      targets.add("--recovery-target-name=one");
      primary.psql("INSERT INTO marks VALUES (2)");
      targets.add(
          "--recovery-target-time=" + primary.value("SELECT now() AT TIME ZONE 'UTC' || '+00'"));
      primary.psql("INSERT INTO marks VALUES (3)");
      targets.add("--recovery-target-lsn=" + primary.value("SELECT pg_current_wal_lsn()"));
      await()
          .atMost(Duration.ofMinutes(4))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> archived(primary) >= SEGMENTS);
      primary.psql("INSERT INTO marks VALUES (4)");
    } finally {
      load.destroy();
      load.waitFor();
    }
    return targets;
  }

  private void failOver(PostgresCluster standby, int port, List<String> targets) throws Exception {
    standby.promote();
    try (DaemonProcess daemon = start(standby, port, "null")) {
      standby.pgbench("-c", "2", "-T", "2");
      standby.psql("INSERT INTO marks VALUES (5)");
      String history = standby.value("SELECT count(*) FROM pgbench_history");
      String last = standby.switchWal();
      await()
          .atMost(Duration.ofMinutes(2))
          .failFast("the daemon has ended", () -> !daemon.isAlive())
          .until(() -> Files.exists(daemon.repository().resolve("xlog/" + last)));
      assertThat(daemon.repository().resolve("timeline/00000002.history")).exists();
      try (Stream<Path> files = Files.list(daemon.repository().resolve("xlog"))) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .anyMatch(name -> name.matches("00000001[0-9A-F]{16}\\.partial"));
      }
      assertThat(restored(standby, "latest", List.of(), "1", "2", "3", "4", "5"))
          .isEqualTo(history);
      String[][] marks = {{"1"}, {"1", "2"}, {"1", "2", "3"}};
      for (int i = 0; i < marks.length; i++) {
        List<String> target = List.of(targets.get(i), "--recovery-target-action=promote");
        restored(standby, "target" + i, target, marks[i]);
      }
    }
  }

  /**
   * Restores, starts by pg_ctl alone, checks marks and heap; how many rows of history there are.
   */
  private String restored(
      PostgresCluster scripts, String name, List<String> target, String... marks) throws Exception {
    Path directory = home.resolve(name);
    List<String> arguments = new ArrayList<>(List.of("get-basebackup", "--restore-to-primary"));
    arguments.addAll(List.of("--config=" + home.resolve("pghoard.json")));
    arguments.add("--target-dir=" + directory);
    arguments.add(
        "--pghoard-postgres-command-bin="
            + scripts.directory().program("pghoard_postgres_command"));
    arguments.addAll(target);
    assertThat(RestoreTool.run(arguments.toArray(String[]::new))).isZero();
    try (PostgresCluster restored = PostgresCluster.open(directory)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
      assertThat(restored.psql("SELECT n FROM marks ORDER BY n")).containsExactly(marks);
      restored.run("pg_amcheck", List.of("--all", "--install-missing")).orFail();
      return restored.value("SELECT count(*) FROM pgbench_history");
    }
  }

  private static long archived(PostgresCluster cluster) {
    return Long.parseLong(cluster.value("SELECT archived_count FROM pg_stat_archiver"));
  }
}
