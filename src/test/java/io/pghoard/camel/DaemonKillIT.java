// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.JavaCommand;
import io.pghoard.Pghoard;
import io.pghoard.codec.Compression;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own, killed by -9 while a real PostgreSQL archives into it. */
class DaemonKillIT {
  // More on request: -Dpghoard.kills=500.
  private static final int KILLS = Integer.getInteger("pghoard.kills", 4);
  private static final long SEED = Long.getLong("pghoard.seed", 1);

  @Test
  void whatIsAcknowledged_isInTheRepository_wholeAndOnce(@TempDir Path home) throws Exception {
    ClusterOptions options =
        ClusterOptions.standard()
            .withWalSegmentMegabytes(1)
            .archivingWith("")
            .with("wal_keep_size", "4GB");
    try (PostgresCluster cluster = PostgresCluster.create(options)) {
      int port = freePort();
      Path config = config(home, cluster, port);
      cluster.configure(
          "archive_command",
          "%s --site main --xlog %%f --port %d"
              .formatted(cluster.directory().program("pghoard_archivecommand"), port));
      cluster.pgbench("-i", "-q", "-s", "2");
      Random random = new Random(SEED);
      for (int kill = 0; kill < KILLS; kill++) {
        Process daemon = start(home, config);
        try {
          long before = archived(cluster);
          // A finished segment wakes PostgreSQL's archiver out of its pause after failures.
          await()
              .atMost(Duration.ofMinutes(1))
              .pollInterval(Duration.ofSeconds(1))
              .failFast("the daemon has ended", () -> !daemon.isAlive())
              .until(
                  () -> {
                    cluster.psql("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()");
                    return archived(cluster) > before;
                  });
          cluster.pgbench("-T", "1", "-c", "2");
          TimeUnit.MILLISECONDS.sleep(random.nextInt(1000));
        } finally {
          daemon.destroyForcibly().waitFor();
        }
      }
      Process daemon = start(home, config);
      try {
        String last = cluster.switchWal();
        await()
            .atMost(Duration.ofMinutes(3))
            .until(() -> Files.exists(status(cluster).resolve(last + ".done")));
      } finally {
        daemon.destroyForcibly().waitFor();
      }
      checkRepository(home, cluster);
    }
  }

  private static void checkRepository(Path home, PostgresCluster cluster) throws IOException {
    LocalObjectStore store = new LocalObjectStore(home.resolve("repository"));
    int whole = 0;
    try (DirectoryStream<Path> done = Files.newDirectoryStream(status(cluster), "*.done")) {
      for (Path file : done) {
        String name = file.getFileName().toString().replace(".done", "");
        try (ObjectContent object = store.get(new ObjectKey("main/xlog/" + name));
            InputStream plain = Compression.named("lzma", 0, 1).decode(object.stream())) {
          assertThat(plain.readAllBytes())
              .isEqualTo(Files.readAllBytes(cluster.walDirectory().resolve(name)));
        }
        whole++;
      }
    }
    assertThat(whole).isGreaterThan(KILLS);
    store.sweep();
    try (Stream<Path> files = Files.list(home.resolve("repository/main/xlog"))) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.matches("[0-9A-F]{24}(\\.metadata)?"));
    }
  }

  private static long archived(PostgresCluster cluster) {
    return Long.parseLong(cluster.value("SELECT archived_count FROM pg_stat_archiver"));
  }

  private static Path status(PostgresCluster cluster) {
    return cluster.walDirectory().resolve("archive_status");
  }

  private static Process start(Path home, Path config) throws IOException {
    List<String> line =
        JavaCommand.of(Pghoard.class, List.of("-Xmx128m"), "--config", config.toString());
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("daemon.log").toFile()))
        .start();
  }

  private static Path config(Path home, PostgresCluster cluster, int port) throws IOException {
    String text =
        """
        {
          "backup_location": "%1$s/spool", "http_address": "127.0.0.1", "http_port": %2$d,
          "alert_file_dir": "%1$s", "json_state_file_path": "%1$s/state.json",
          "maintenance_mode_file": "%1$s/maintenance",
          "backup_sites": {"main": {
            "active_backup_mode": "archive_command", "basebackup_interval_hours": null,
            "pg_data_directory": "%3$s", "nodes": ["%4$s"],
            "object_storage": {"storage_type": "local", "directory": "%1$s/repository"}}}
        }
        """
            .formatted(home, port, cluster.dataDirectory(), cluster.connectionString());
    return Files.write(home.resolve("pghoard.json"), text.getBytes(UTF_8));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
