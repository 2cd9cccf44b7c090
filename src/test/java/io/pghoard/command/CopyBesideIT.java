// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.PostgresCluster;
import io.pghoard.restore.BackedUpCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restored copy that runs beside the cluster, whose every tie to others came with the backup. */
class CopyBesideIT {
  @Test
  void copyOfAPrimaryWithSlotsAndASubscription_touchesNothingOfIt(@TempDir Path home)
      throws Exception {
    BackedUpCluster source = new BackedUpCluster(home);
    PostgresCluster primary = source.cluster();
    primary.configure("wal_level", "logical");
    primary.restart();
    primary.psql("CREATE TABLE t (n int); CREATE PUBLICATION p FOR TABLE t");
    primary.psql("SELECT pg_create_physical_replication_slot('standby1', true)");
    primary.psql("SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
    primary.psql("CREATE DATABASE subscriber");
    primary
        .run(
            "psql",
            List.of(
                "-X",
                primary.connectionString().replace("dbname=postgres", "") + " dbname=subscriber",
                "-c",
                "CREATE TABLE t (n int)",
                "-c",
                "CREATE SUBSCRIPTION s CONNECTION '%s' PUBLICATION p WITH (create_slot = false, copy_data = false)"
                    .formatted(primary.connectionString().replace("'", "''"))))
        .orFail();
    await().atMost(Duration.ofSeconds(60)).until(() -> primary.value(active("s")).equals("t"));
    // What a cluster has that was a standby once, and is a synchronous primary now; not in force.
    Files.writeString(
        primary.dataDirectory().resolve("postgresql.conf"),
        """
        primary_conninfo = '%s'
        primary_slot_name = 'standby1'
        synchronous_standby_names = '*'
        """
            .formatted(primary.connectionString().replace("'", "''")),
        StandardOpenOption.APPEND);
    source.backUp();
    primary.psql("INSERT INTO t VALUES (1)");
    source.archiveWal();

    Path target = home.resolve("copy");
    RestoreToolRun run = RestoreToolRun.of(arguments(source, target));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("the copy listens on port").doesNotContain("each commit waits");
    Copy copy = new Copy(PostgresCluster.restored(target), target);
    try {
      copy.ctl("start");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> copy.value("SELECT pg_is_in_recovery()").equals("f"));
      assertThat(copy.value("INSERT INTO t VALUES (2); SELECT string_agg(n::text, ' ') FROM t"))
          .isEqualTo("1 2");
      assertThat(copy.value("SELECT pg_switch_wal() IS NOT NULL")).isEqualTo("t");
      assertThat(copy.value("SHOW archive_mode")).isEqualTo("off");
      assertThat(copy.value("SHOW archive_command")).isIn("", "(disabled)");
      assertThat(copy.value("SHOW listen_addresses")).isEqualTo("localhost");
      assertThat(copy.value("SHOW synchronous_standby_names")).isEmpty();
      assertThat(copy.value("SHOW primary_conninfo")).isEmpty();
      assertThat(copy.value("SELECT archived_count + failed_count FROM pg_stat_archiver"))
          .isEqualTo("0");
      assertThat(copy.value("SELECT count(*) FROM pg_subscription WHERE subenabled"))
          .isEqualTo("1");
      assertThat(
              copy.value(
                  "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'logical%'"))
          .isEqualTo("0");
      // After a restart too, when the settings of the recovery are gone.
      copy.ctl("restart");
      assertThat(copy.value("SHOW primary_conninfo")).isEmpty();
      assertThat(copy.value("SHOW max_logical_replication_workers")).isEqualTo("0");
      assertThat(primary.value(active("s"))).isEqualTo("t");
      assertThat(primary.value(active("standby1"))).isEqualTo("f");
      assertThat(primary.psql("SELECT n FROM t")).containsExactly("1");
    } finally {
      copy.restored.close();
      source.close();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String active(String slot) {
    return "SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'";
  }

  private static List<String> arguments(BackedUpCluster source, Path target) throws IOException {
    return List.of(
        "get-basebackup",
        "--config=" + source.configFile(),
        "--target-dir=" + target,
        "--as-copy",
        "--pghoard-postgres-command-bin=" + source.restoreProgram());
  }

  /** Run as it is, on the port that its own settings say. */
  private record Copy(PostgresCluster restored, Path target) {
    void ctl(String command) {
      Path log = restored.directory().path().resolve("log");
      List<String> arguments =
          List.of(
              command,
              "-D",
              target.toString(),
              "-w",
              "-m",
              "fast",
              "-l",
              log.toString(),
              "-o",
              "-k " + restored.directory().path());
      var result = restored.run("pg_ctl", arguments);
      assertThat(result.status()).as(() -> result + read(log)).isZero();
    }

    String value(String sql) throws IOException {
      List<String> arguments =
          List.of("-XAtq", "-h", "127.0.0.1", "-p", port(), "-U", "postgres", "-c", sql);
      return restored.run("psql", arguments).orFail().output().strip();
    }

    private String port() throws IOException {
      return Files.readAllLines(target.resolve("postgresql.auto.conf")).stream()
          .filter(line -> line.startsWith("port = '"))
          .map(line -> line.replaceAll("\\D", ""))
          .findFirst()
          .orElseThrow();
    }
  }
}
