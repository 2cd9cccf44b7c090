// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.postgres.ServerBinaries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Servers and client programs of other versions than the installed ones: WAL is received, a base
 * backup taken and restored. Client programs serve any older server, so that each of the five sets
 * of them meets its own version or the nearest.
 */
class ServerVersionsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @ParameterizedTest
  @CsvSource({
    "13, installed",
    "14, installed",
    "16, trixie",
    "17, trixie",
    "17, forky",
    "18, forky",
    "19, 19",
  })
  void server_isBackedUpAndRestored(int major, String clients, @TempDir Path home)
      throws Exception {
    ClusterOptions options =
        ClusterOptions.standard().withWalSegmentMegabytes(1).with("wal_keep_size", "64MB");
    // From 16 on pg_basebackup takes a tablespace that lies in the data directory.
    boolean inPlace = major >= 16;
    if (inPlace) {
      options = options.with("allow_in_place_tablespaces", "on");
    }
    try (ServerBinaries binaries = ServerBinaries.of(major);
        PostgresCluster cluster = binaries.cluster(options);
        DaemonProcess daemon = receive(home, cluster, clients)) {
      assertThat(cluster.value("SHOW server_version_num")).startsWith(String.valueOf(major));
      if (inPlace) {
        cluster.psql("CREATE TABLESPACE inside LOCATION ''");
      }
      cluster.psql(
          "CREATE TABLE t %s AS SELECT generate_series(1, 1000) AS n"
              .formatted(inPlace ? "TABLESPACE inside" : ""));
      await()
          .atMost(PATIENCE)
          .failFast("the daemon has ended", () -> !daemon.isAlive())
          .ignoreExceptions()
          .until(() -> daemon.json("GET", "/main/basebackup").get("basebackups").size() == 1);
      cluster.psql("INSERT INTO t VALUES (1001)");
      String last = cluster.switchWal();
      await()
          .atMost(PATIENCE)
          .until(() -> Files.exists(daemon.repository().resolve("xlog/" + last)));

      Path target = home.resolve("restored");
      int status =
          RestoreTool.run(
              "get-basebackup",
              "--restore-to-primary",
              // By way of the daemon, which is the longer way of the two.
              "--from=http://127.0.0.1:" + daemon.port,
              "--site=main",
              "--target-dir=" + target,
              "--pghoard-postgres-command-bin="
                  + cluster.directory().program("pghoard_postgres_command"));
      assertThat(status).isZero();
      try (PostgresCluster restored = binaries.open(target)) {
        await()
            .atMost(PATIENCE)
            .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
        assertThat(restored.value("SELECT count(*) FROM t")).isEqualTo("1001");
      }
    }
  }

  private static DaemonProcess receive(Path home, PostgresCluster cluster, String clients)
      throws Exception {
    return DaemonProcess.start(
        home,
        DaemonProcess.freePort(),
        """
        "active_backup_mode": "pg_receivexlog", "basebackup_interval_hours": 24,
        "nodes": ["%s slot=pghoard"], %s
        "object_storage": {"storage_type": "local", "directory": "%s/repository"}
        """
            .formatted(cluster.connectionString(), programs(clients), home));
  }

  /**
   * The setting that takes the client programs of a release of Debian, as bin/test installs them.
   */
  private static String programs(String clients) {
    if (clients.equals("installed")) {
      return "";
    }
    Path directory =
        clients.matches("[0-9]+")
            ? ServerBinaries.clients(Integer.parseInt(clients))
            : Path.of(
                    System.getProperty("user.home"), ".cache/pghoard/postgresql-client-" + clients)
                .resolve("bin");
    assertThat(directory.resolve("pg_basebackup"))
        .as("PostgreSQL's client programs of Debian %s; bin/test installs them", clients)
        .isExecutable();
    return "\"pg_bin_directory\": \"%s\",".formatted(directory);
  }
}
