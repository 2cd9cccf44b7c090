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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon is killed by -9 at several points of a base backup. */
class DaemonBackupKillIT {
  @Test
  void killedBackup_isNeverListed_leavesNoProgram_andTheNextOneWorks(@TempDir Path home)
      throws Exception {
    int port = DaemonProcess.freePort();
    ClusterOptions options = ClusterOptions.standard().withWalSegmentMegabytes(1).archivingWith("");
    try (PostgresCluster cluster = PostgresCluster.create(options)) {
      cluster.pgbench("-i", "-q", "-s", "10");
      cluster.configure("archive_command", DaemonProcess.archiveCommand(cluster, port));
      for (int chunks = 1; chunks <= 5; chunks += 2) {
        int enough = chunks;
        try (DaemonProcess daemon = DaemonProcess.start(home, cluster, port, "24")) {
          await()
              .atMost(Duration.ofMinutes(2))
              .pollInterval(Duration.ofMillis(20))
              .failFast("the daemon has ended", () -> !daemon.isAlive())
              .until(() -> chunkFiles(daemon) >= enough || mainObjects(daemon) > 0);
          daemon.kill();
          assertThat(mainObjects(daemon)).as("killed too late for this test").isZero();
          await()
              .atMost(Duration.ofSeconds(30))
              .untilAsserted(
                  () ->
                      assertThat(cluster.psql("SELECT pid FROM pg_stat_progress_basebackup"))
                          .isEmpty());
        }
      }
      try (DaemonProcess daemon = DaemonProcess.start(home, cluster, port, "24")) {
        await()
            .atMost(Duration.ofMinutes(3))
            .failFast("the daemon has ended", () -> !daemon.isAlive())
            .until(() -> mainObjects(daemon) == 1);
        String name = daemon.json("GET", "/main/basebackup").at("/basebackups/0/name").asText();
        // What the killed ones left goes when retention is applied next, at the latest.
        await()
            .atMost(Duration.ofMinutes(2))
            .untilAsserted(
                () ->
                    assertThat(chunkDirectories(daemon))
                        .containsExactly(name.substring(0, name.indexOf('.'))));
      }
    }
  }

  private static long mainObjects(DaemonProcess daemon) throws IOException {
    return count(daemon.repository().resolve("basebackup"));
  }

  private static long chunkFiles(DaemonProcess daemon) throws IOException {
    Path chunks = daemon.repository().resolve("basebackup_chunk");
    long count = 0;
    for (String directory : chunkDirectories(daemon)) {
      count = Math.max(count, count(chunks.resolve(directory)));
    }
    return count;
  }

  /** The names of base backups of which there are chunks. */
  private static List<String> chunkDirectories(DaemonProcess daemon) throws IOException {
    Path chunks = daemon.repository().resolve("basebackup_chunk");
    if (Files.notExists(chunks)) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(chunks)) {
      return directories
          .filter(directory -> directory.toFile().list().length > 0)
          .map(directory -> directory.getFileName().toString())
          .toList();
    }
  }

  private static long count(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".pghoard")).count();
    }
  }
}
