// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fixture itself: what it starts answers, and what it started is gone. */
class PostgresClusterIT {
  private static final ClusterOptions SMALL =
      ClusterOptions.standard().withWalSegmentMegabytes(1).withChecksums();

  @Test
  void create_withOptions_startsSuchACluster() {
    try (PostgresCluster cluster = PostgresCluster.create(SMALL)) {
      assertThat(cluster.value("SHOW wal_segment_size")).isEqualTo("1MB");
      assertThat(cluster.value("SHOW data_checksums")).isEqualTo("on");
      assertThat(cluster.psql("SELECT n, n * 2 FROM generate_series(1, 2) AS n"))
          .containsExactly("1|2", "2|4");
      cluster.pgbench("-i", "-q");
      assertThat(cluster.value("SELECT count(*) FROM pgbench_accounts")).isEqualTo("100000");
    }
  }

  @Test
  void close_leavesNothing() {
    Path directory;
    long pid;
    try (PostgresCluster cluster = PostgresCluster.create(SMALL)) {
      directory = cluster.directory().path();
      pid = cluster.pid();
      assertThat(Path.of("/proc", Long.toString(pid))).exists();
    }
    assertThat(directory).doesNotExist();
    await().until(() -> ended(pid));
  }

  @Test
  void create_failing_showsTheServersLogAndLeavesNothing() {
    assertThatThrownBy(() -> PostgresCluster.create(SMALL.with("shared_buffers", "plenty")))
        .hasMessageContaining("invalid value for parameter \"shared_buffers\": \"plenty\"")
        .satisfies(failure -> assertThat(directoryIn(String.valueOf(failure))).doesNotExist());
  }

  @Test
  void psql_failing_showsTheError() {
    try (PostgresCluster cluster = PostgresCluster.create(SMALL)) {
      assertThatThrownBy(() -> cluster.psql("SELECT 1; SELECT nothing"))
          .hasMessageContaining("column \"nothing\" does not exist");
    }
  }

  @Test
  void standby_promoted_takesWritesOnTheNextTimeline() {
    try (PostgresCluster primary = PostgresCluster.create(SMALL);
        PostgresCluster standby = primary.standby()) {
      primary.psql("CREATE TABLE t AS SELECT 42 AS n");
      await().untilAsserted(() -> assertThat(standby.psql("TABLE t")).containsExactly("42"));
      standby.promote();
      standby.psql("INSERT INTO t VALUES (43)");
      assertThat(standby.switchWal()).startsWith("00000002");
    }
  }

  @Test
  void crashes_areRecoveredFromAtTheNextStart() {
    try (PostgresCluster cluster = PostgresCluster.create(SMALL)) {
      cluster.psql("CREATE TABLE t AS SELECT 1 AS n");
      cluster.stopImmediately();
      assertThat(cluster.running()).isFalse();
      cluster.start();
      cluster.psql("INSERT INTO t VALUES (2)");
      cluster.kill();
      assertThat(cluster.running()).isFalse();
      cluster.start();
      assertThat(cluster.psql("TABLE t")).containsExactly("1", "2");
    }
  }

  @Test
  void archiveCommand_ofTheClustersUser_writesToItsDirectory() {
    try (PostgresCluster cluster = PostgresCluster.create(SMALL.with("archive_mode", "on"))) {
      Path archive = cluster.directory().make("archive");
      cluster.configure("archive_command", "cp '%p' '" + archive + "/%f'");
      String segment = cluster.switchWal();
      await().untilAsserted(() -> assertThat(archive.resolve(segment)).hasSize(1 << 20));
    }
  }

  @Test
  void open_startsARestoredDirectory(@TempDir Path directory) throws Exception {
    Path copy = directory.resolve("restored");
    try (PostgresCluster cluster = PostgresCluster.create(SMALL)) {
      cluster.psql("CREATE TABLE t AS SELECT 42 AS n");
      cluster.stop();
      Process copying =
          new ProcessBuilder("cp", "-r", cluster.dataDirectory().toString(), copy.toString())
              .inheritIO()
              .start();
      assertThat(copying.waitFor()).isZero();
    }
    try (PostgresCluster restored = PostgresCluster.open(copy)) {
      assertThat(restored.psql("TABLE t")).containsExactly("42");
    }
    assertThat(copy).isDirectory();
  }

  private static boolean ended(long pid) throws Exception {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    return !Files.exists(status) || Files.readString(status).contains("State:\tZ");
  }

  private static Path directoryIn(String message) {
    Matcher option = Pattern.compile(" -D (\\S+)/data").matcher(message);
    assertThat(option.find()).isTrue();
    return Path.of(option.group(1));
  }
}
