// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.PostgresCluster;
import io.pghoard.restore.BackedUpCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * The backed-up configuration leads to the old cluster and to another end of recovery, is not UTF-8
 * and read-only: what is restored from it opens with all rows, is itself, and can be cloned.
 */
class RestoredConfigurationIT {
  private static BackedUpCluster source;
  private static Path home;
  private static String timeAtTwo;

  private Path target;
  private String err = "";

  @BeforeAll
  static void backUp(@TempDir Path directory) throws IOException {
    home = directory;
    source = new BackedUpCluster(directory);
    PostgresCluster cluster = source.cluster();
    cluster.psql("CREATE TABLE t (n int)");
    Path data = cluster.dataDirectory();
    Path inner = Files.createDirectory(data.resolve("conf.d"));
    // The server has read none of that yet when it is backed up.
    append(data.resolve("postgresql.conf"), lines("include_dir 'conf.d'"));
    Files.writeString(
        inner.resolve("old.conf"),
        lines(
            "data_directory = '" + data + "'",
            "HBA_File '" + data + "/pg_hba.conf'",
            "external_pid_file = '" + data + ".pid'",
            "include '/no/such/place/extra.conf'",
            "recovery_target_lsn = '0/1'",
            "recovery_target_action = 'shutdown'",
            "max_connections = 20 # caf\u00e9"),
        ISO_8859_1);
    append(
        data.resolve("postgresql.auto.conf"),
        lines(
            "work_mem = '8MB' # caf\u00e9",
            "ident_file = '" + data + "/pg_ident.conf'",
            "recovery_min_apply_delay = '4h'",
            "primary_slot_name = 's1'",
            "archive_cleanup_command = 'exit 1'"));
    Files.setPosixFilePermissions(
        data.resolve("postgresql.auto.conf"), PosixFilePermissions.fromString("r--------"));
    cluster.directory().own(data);
    source.backUp();
    cluster.psql("INSERT INTO t VALUES (1), (2)");
    source.archiveWal();
    timeAtTwo = cluster.value("SELECT now() AT TIME ZONE 'UTC' || '+00'");
    cluster.psql("INSERT INTO t VALUES (3)");
    source.archiveWal();
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, ISO_8859_1, StandardOpenOption.APPEND);
  }

  private static String lines(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  @AfterAll
  static void end() {
    source.close();
  }

  @BeforeEach
  void nameTarget(TestInfo test) {
    target = home.resolve(test.getTestMethod().orElseThrow().getName());
  }

  private void restore(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("get-basebackup"));
    arguments.add("--config=" + source.configFile());
    arguments.add("--target-dir=" + target);
    arguments.add("--pghoard-postgres-command-bin=" + source.restoreProgram());
    arguments.addAll(List.of(more));
    RestoreToolRun run = RestoreToolRun.of(arguments);
    err = run.err() + run.out();
    assertThat(run.status()).as(err).isZero();
    assertThat(err).contains("max_connections is 20");
    // As the note says: with less than the WAL was written with, the server does not recover.
    append(target.resolve("postgresql.conf"), lines("max_connections = 100"));
  }

  private static void awaitPrimary(PostgresCluster restored) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
  }

  private String autoConf() throws IOException {
    return Files.readString(target.resolve("postgresql.auto.conf"), ISO_8859_1);
  }

  @Test
  void latest_opensItselfWithAllRows() throws IOException {
    restore("--restore-to-primary");
    assertThat(err).contains("data_directory", "/no/such/place/extra.conf");
    Path hba = source.cluster().dataDirectory().resolve("pg_hba.conf");
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      awaitPrimary(restored);
      assertThat(restored.psql("SELECT n FROM t ORDER BY n")).containsExactly("1", "2", "3");
      assertThat(restored.value("SHOW data_directory")).isEqualTo(target.toString());
      assertThat(restored.value("SHOW hba_file")).isEqualTo(target + "/pg_hba.conf");
      assertThat(restored.value("SHOW ident_file")).isEqualTo(target + "/pg_ident.conf");
      assertThat(restored.value("SHOW work_mem")).isEqualTo("8MB");
      assertThat(hba).exists();
    }
  }

  @Test
  void recoveryTarget_endsWithTheRecovery_forTheServerAndItsClone() throws Exception {
    restore(
        "--recovery-target-time=" + timeAtTwo,
        "--recovery-target-action=promote",
        "--recovery-end-command=touch " + home + "/ended");
    // As /tmp is: a configuration in a directory that everybody may write counts for nothing.
    Files.setAttribute(home, "unix:mode", 01777);
    assertThat(autoConf()).contains("recovery_target_time = '2");
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      awaitPrimary(restored);
      assertThat(restored.psql("SELECT n FROM t ORDER BY n")).containsExactly("1", "2");
      assertThat(home.resolve("ended")).exists();
      assertThat(target.resolve("pghoard_recovery_end.sh")).doesNotExist();
      assertThat(autoConf())
          .contains("work_mem = '8MB' # caf\u00e9\n")
          // The one of conf.d is not to be anybody's.
          .doesNotContain("\nident_file")
          .endsWith("recovery_target_lsn = ''\narchive_mode = 'off'\n");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(target.resolve("postgresql.auto.conf"))))
          .isEqualTo("r--------");
      try (PostgresCluster clone = restored.standby()) {
        restored.psql("INSERT INTO t VALUES (4)");
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> clone.value("SELECT max(n) FROM t").equals("4"));
        assertThat(clone.value("SELECT pg_is_in_recovery()")).isEqualTo("t");
      }
      restored.restart();
      assertThat(restored.value("SELECT max(n) FROM t")).isEqualTo("4");
      assertThat(restored.psql("SELECT name FROM pg_file_settings WHERE error IS NOT NULL"))
          .isEmpty();
    }
  }

  @Test
  void settingThatAlterSystemChangesMeanwhile_outlivesThePromotion() throws IOException {
    restore("--primary-conninfo=host=127.0.0.1 port=1");
    // ALTER SYSTEM does not write a file that is read-only.
    Files.setPosixFilePermissions(
        target.resolve("postgresql.auto.conf"), PosixFilePermissions.fromString("rw-------"));
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      restored.psql("ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=2'");
      restored.promote();
      assertThat(autoConf())
          .contains("primary_conninfo = 'host=127.0.0.1 port=2'")
          .doesNotContain("restore_command", "recovery_end_command", "recovery_target_time");
    }
  }
}
