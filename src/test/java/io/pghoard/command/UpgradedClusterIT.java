// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.postgres.ServerBinaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A site whose cluster is upgraded by pg_upgrade, with a tablespace in whose directory the old and
 * the new cluster lie side by side.
 */
class UpgradedClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ClusterOptions OPTIONS =
      ClusterOptions.standard().withWalSegmentMegabytes(1).withChecksums().archivingWith("");

  @TempDir Path home = Path.of("");

  @Test
  void newCluster_isRefused_andTheOldOneCanBeRestored_besideTheNew() throws Exception {
    int port = DaemonProcess.freePort();
    try (ServerBinaries binaries = ServerBinaries.of(19);
        PostgresCluster old = PostgresCluster.create(OPTIONS);
        PostgresCluster upgraded = binaries.cluster(OPTIONS)) {
      Path fast = old.directory().make("fast");
      old.psql(
          "CREATE TABLESPACE fast LOCATION '%s'; CREATE TABLE t TABLESPACE fast AS SELECT generate_series(1, 1000) AS n"
              .formatted(fast));
      old.configure("archive_command", DaemonProcess.archiveCommand(old, port));
      try (DaemonProcess daemon = DaemonProcess.start(home, old, port, "24")) {
        await()
            .atMost(PATIENCE)
            .failFast("the daemon has ended", () -> !daemon.isAlive())
            .ignoreExceptions()
            .until(() -> backups(daemon) == 1);
        String last = old.switchWal();
        await()
            .atMost(PATIENCE)
            .until(() -> Files.exists(daemon.repository().resolve("xlog/" + last)));
        upgrade(old, upgraded);
        Path before = Files.copy(daemon.config(), home.resolve("before.json"));
        serve(daemon, old, upgraded);

        requireRefused(daemon, upgraded);
        assertThat(daemon.repository().resolve("xlog/" + last)).exists();

        String rows = "SELECT count(*) FROM t";
        requireRestore(
            1, "belongs to the cluster of site main", daemon.config(), old, "--overwrite");
        requireRestore(0, "", before, old, "--overwrite");
        assertThat(upgraded.value(rows)).isEqualTo("1000");
        old.start();
        await().atMost(PATIENCE).until(() -> old.value("SELECT pg_is_in_recovery()").equals("f"));
        assertThat(old.value(rows)).isEqualTo("1000");
        upgraded.restart();
        assertThat(upgraded.value(rows)).isEqualTo("1000");
      }
    }
  }

  /** Copies the files, so that both clusters can run. */
  private static void upgrade(PostgresCluster old, PostgresCluster upgraded) {
    old.stop();
    upgraded.stop();
    upgraded
        .run(
            upgraded.binDirectory().resolve("pg_upgrade").toString(),
            List.of(
                "--old-bindir=" + old.binDirectory(),
                "--new-bindir=" + upgraded.binDirectory(),
                "--old-datadir=" + old.dataDirectory(),
                "--new-datadir=" + upgraded.dataDirectory(),
                "--old-port=" + old.port(),
                "--new-port=" + upgraded.port(),
                "--username=postgres"))
        .orFail();
    upgraded.start();
  }

  /** Puts the new cluster in the old one's place, as an operator who does not think of prefix. */
  private static void serve(DaemonProcess daemon, PostgresCluster old, PostgresCluster upgraded)
      throws IOException {
    String text =
        Files.readString(daemon.config())
            .replace(old.dataDirectory().toString(), upgraded.dataDirectory().toString())
            .replace(old.connectionString(), upgraded.connectionString());
    Files.writeString(daemon.config(), text);
    upgraded.configure("archive_command", DaemonProcess.archiveCommand(upgraded, daemon.port));
  }

  private static int backups(DaemonProcess daemon) throws Exception {
    return daemon.json("GET", "/main/basebackup").get("basebackups").size();
  }

  private void requireRefused(DaemonProcess daemon, PostgresCluster upgraded) throws Exception {
    upgraded.switchWal();
    await()
        .atMost(PATIENCE)
        .until(() -> upgraded.value("SELECT failed_count > 0 FROM pg_stat_archiver").equals("t"));
    assertThat(daemon.status("PUT", "/main/basebackup")).isEqualTo(201);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                daemon.json("GET", "/status").at("/backup_sites/main/failed_basebackups").asInt()
                    > 0);
    assertThat(backups(daemon)).isEqualTo(1);
    await().atMost(PATIENCE).until(() -> Files.exists(home.resolve("foreign_cluster")));
    RestoreToolRun check =
        RestoreToolRun.of(DaemonCommand::run, List.of("check", "--config=" + daemon.config()));
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out())
        .contains("FAILED   main: daemon: alert foreign_cluster", "(initdb, pg_upgrade)")
        .contains("give the site a new \"prefix\"");
  }

  private static void requireRestore(
      int status, String message, Path config, PostgresCluster old, String... more)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("get-basebackup", "--restore-to-primary"));
    arguments.add("--config=" + config);
    arguments.add("--target-dir=" + old.dataDirectory());
    arguments.add(
        "--pghoard-postgres-command-bin=" + old.directory().program("pghoard_postgres_command"));
    arguments.addAll(List.of(more));
    RestoreToolRun run = RestoreToolRun.of(arguments);
    assertThat(run.status()).as(run.err()).isEqualTo(status);
    assertThat(run.err()).contains(message);
  }
}
