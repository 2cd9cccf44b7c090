// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteServerCheckIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String PASSWORD = "not-the-password";

  @Test
  void eachCause_hasItsOwnAlert_whichGoesWithIt(@TempDir Path home) throws Exception {
    try (PostgresCluster cluster =
            PostgresCluster.create(ClusterOptions.standard().with("archive_mode", "on"));
        RunningService daemon = checkedOften(home, cluster)) {
      Path rules = cluster.dataDirectory().resolve("pg_hba.conf");
      String trust = Files.readString(rules);
      assertThat(daemon.send("GET", "/health").statusCode()).isEqualTo(200);

      ObjectKey claim = new ObjectKey("main/cluster/claim");
      daemon.store().put(claim, Map.of("system-identifier", "42"), InputStream.nullInputStream());
      only(home, "foreign_cluster", "belongs to cluster 42", "\"prefix\": \"main-2\"");
      daemon.store().delete(claim);
      await().atMost(LIMIT).until(() -> Files.notExists(home.resolve("foreign_cluster")));

      cluster.psql("ALTER ROLE postgres PASSWORD 'another'");
      rules(cluster, rules, "host all all 127.0.0.1/32 trust\n");
      only(home, "pg_hba_conf_error", "no pg_hba.conf entry for replication", "add to pg_hba.conf");

      rules(cluster, rules, "host all,replication all 127.0.0.1/32 scram-sha-256\n");
      only(home, "authentication_error", "password authentication failed", "set the password of");

      cluster.stop();
      only(home, "server_unreachable", "Connection refused", "check that PostgreSQL runs");
      // Whether the password is right now, nobody knows while the server is down.
      assertThat(home.resolve("authentication_error")).exists();

      Files.writeString(rules, trust);
      cluster.start();
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  Files.notExists(home.resolve("server_unreachable"))
                      && Files.notExists(home.resolve("authentication_error"))
                      && Files.notExists(home.resolve("pg_hba_conf_error")));
      assertThat(home.resolve("configuration_error")).doesNotExist();
    }
    assertThat(home.resolve("spool/main/server_check")).doesNotExist();
  }

  @Test
  void serverThatDoesNotArchive_isTold_andNoBaseBackupWaitsForItsWal(@TempDir Path home)
      throws Exception {
    try (PostgresCluster cluster =
            PostgresCluster.create(
                ClusterOptions.standard().withWalSegmentMegabytes(1).with("archive_mode", "off"));
        RunningService daemon = checkedOften(home, cluster)) {
      // No WAL of the server can be seen here, so that none is stored before it is archived.
      Path elsewhere = Files.createDirectories(home.resolve("elsewhere"));
      Files.createDirectory(elsewhere.resolve("pg_wal"));
      Files.writeString(elsewhere.resolve("PG_VERSION"), "15\n");
      daemon.reconfigure(
          root ->
              root.withObject("/backup_sites/main").put("pg_data_directory", elsewhere.toString()));
      Path alert = home.resolve("configuration_error");
      await().atMost(LIMIT).until(() -> Files.exists(alert));
      assertThat(Files.readString(alert)).contains("archive_mode is off", "archive_mode = on");
      assertThat(daemon.send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  daemon
                      .json("/status")
                      .at("/backup_sites/main/last_basebackup/failure")
                      .asText()
                      .startsWith("archive_mode is off"));

      cluster.stop();
      cluster.configure("archive_mode", "on");
      cluster.start();
      await().atMost(LIMIT).until(() -> Files.notExists(alert));
      only(home, "wal_not_archived", "archive_command is empty", "pghoard_archivecommand");

      cluster.configure("archive_command", "/bin/true");
      only(home, "wal_not_archived", "/bin/true, which reports success", "pghoard_archivecommand");
      cluster.configure("archive_command", "/bin/false");
      only(home, "wal_not_archived", "it failed", "PostgreSQL retries", cluster);
      cluster.configure("archive_command", "test -f %p");
      only(home, "wal_not_archived", "not in the repository", "pg_switch_wal()", cluster);
      daemon.reconfigure(
          root ->
              root.withObject("/backup_sites/main")
                  .put("pg_data_directory", cluster.dataDirectory().toString()));
      cluster.configure(
          "archive_command",
          "curl -sf -X PUT http://127.0.0.1:%d/main/archive/%%f"
              .formatted(daemon.service().httpPort()));
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                writeAndSwitch(cluster);
                return Files.notExists(home.resolve("wal_not_archived"));
              });
    }
  }

  private static RunningService checkedOften(Path home, PostgresCluster cluster) throws Exception {
    return new RunningService(
        home,
        cluster.dataDirectory(),
        root -> node(root, cluster),
        "pghoard.server.check-delay",
        "0",
        "pghoard.server.check-period",
        "100",
        "pghoard.server.silence",
        "1000",
        "pghoard.base-backup.check-period",
        "100");
  }

  private static void rules(PostgresCluster cluster, Path file, String text) throws IOException {
    Files.writeString(file, text);
    // Any setting: it reloads.
    cluster.configure("log_min_messages", "warning");
  }

  private static void only(Path home, String alert, String cause, String remedy) {
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () ->
                assertThat(Files.readString(home.resolve(alert)))
                    .startsWith("site: main\n")
                    .contains(cause, remedy)
                    .doesNotContain(PASSWORD));
    assertThat(home.resolve("configuration_error")).doesNotExist();
  }

  /** The same of a server that goes on writing. */
  private static void only(
      Path home, String alert, String cause, String remedy, PostgresCluster cluster) {
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              writeAndSwitch(cluster);
              return Files.readString(home.resolve(alert)).contains(cause);
            });
    only(home, alert, cause, remedy);
  }

  private static void writeAndSwitch(PostgresCluster cluster) {
    cluster.psql("SELECT pg_logical_emit_message(false, 'test', 'x')");
    cluster.switchWal();
  }

  private static void node(ObjectNode root, PostgresCluster cluster) {
    ObjectNode site = (ObjectNode) root.at("/backup_sites/main");
    site.putArray("nodes").add(cluster.connectionString() + " password=" + PASSWORD);
  }
}
