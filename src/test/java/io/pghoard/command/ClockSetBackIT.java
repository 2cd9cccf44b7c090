// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon on a machine whose clock somebody sets back by an hour. */
class ClockSetBackIT {
  private static final Duration MOST_OF_IT = Duration.ofMinutes(30);

  /** Two sites of one cluster: its WAL comes by archive_command, and by pg_receivewal. */
  private static final String CONFIG =
      """
      {
        "backup_location": "%1$s/spool", "http_address": "127.0.0.1", "http_port": %2$d,
        "alert_file_dir": "%1$s", "json_state_file_path": "%1$s/state.json",
        "maintenance_mode_file": "%1$s/maintenance",
        "backup_sites": {
          "main": {
            "active_backup_mode": "archive_command", "basebackup_interval_hours": null,
            "pg_data_directory": "%3$s", "nodes": ["%4$s"],
            "object_storage": {"storage_type": "local", "directory": "%1$s/repository"}
          },
          "received": {
            "active_backup_mode": "pg_receivexlog", "basebackup_interval_hours": null,
            "nodes": ["%4$s slot=pghoard"],
            "object_storage": {"storage_type": "local", "directory": "%1$s/repository"}
          }
        }
      }
      """;

  private static final String OFTEN =
      """
      pghoard.base-backup.check-period = 500
      pghoard.configuration.reload-period = 100
      pghoard.state.write-period = 500
      pghoard.watch.period = 500
      pghoard.wal.receive-period = 200
      """;

  @Test
  void clockThatIsSetBack_stopsNothing(@TempDir Path home) throws Exception {
    int port = DaemonProcess.freePort();
    Path offset = Files.writeString(home.resolve("offset"), "+1h\n");
    Files.writeString(home.resolve("application.properties"), OFTEN);
    ClusterOptions options = ClusterOptions.standard().withWalSegmentMegabytes(1);
    try (PostgresCluster cluster = PostgresCluster.create(options.with("archive_mode", "on"))) {
      cluster.configure("archive_command", DaemonProcess.archiveCommand(cluster, port));
      String node = cluster.connectionString();
      Files.writeString(
          home.resolve("pghoard.json"),
          CONFIG.formatted(home, port, cluster.dataDirectory(), node));
      try (DaemonProcess daemon = DaemonProcess.launch(home, port, clock(offset))) {
        assertThat(time(daemon)).isAfter(Instant.now().plus(MOST_OF_IT));
        walArrives(cluster, home);
        daemon.json("PUT", "/main/basebackup");
        patiently().until(() -> lastBaseBackup(daemon).at("/failure").isNull());
        cluster.stop();
        // What is to be tried again, after a pause that began before.
        patiently().until(() -> receiverHasTrouble(daemon));

        Path now = Files.writeString(home.resolve("now"), "+0\n");
        Files.move(now, offset, StandardCopyOption.ATOMIC_MOVE);
        patiently().until(() -> time(daemon).isBefore(Instant.now().plus(MOST_OF_IT)));

        // Requested at a time of day before that of the last one's start.
        baseBackupFails(daemon, 1);
        baseBackupFails(daemon, 2);
        Path failed = home.resolve("base_backup_failed");
        patiently().until(() -> Files.exists(failed));
        cluster.start();
        walArrives(cluster, home);
        patiently().until(() -> !receiverHasTrouble(daemon));
        daemon.json("PUT", "/main/basebackup");
        patiently().until(() -> Files.notExists(failed));
        Files.delete(home.resolve("state.json"));
        patiently().until(() -> Files.exists(home.resolve("state.json")));
        assertThat(home.resolve("route_stands_still")).doesNotExist();
      }
    }
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(1));
  }

  /** The daemon's time of day, by the alert that its pghoard.json is not what it should be. */
  private static Instant time(DaemonProcess daemon) throws IOException {
    String good = Files.readString(daemon.config());
    Path alert = daemon.home.resolve("configuration_error");
    Files.writeString(daemon.config(), "{");
    patiently().until(() -> Files.exists(alert));
    String since =
        Files.readString(alert).lines().filter(l -> l.startsWith("since: ")).toList().get(0);
    Files.writeString(daemon.config(), good);
    patiently().until(() -> Files.notExists(alert));
    return Instant.parse(since.substring("since: ".length()));
  }

  /** What is written from now on is stored at both sites. */
  private static void walArrives(PostgresCluster cluster, Path home) {
    String next = cluster.value("SELECT pg_walfile_name(pg_current_wal_lsn())") + "~";
    for (String site : new String[] {"main", "received"}) {
      patiently()
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                // Again and again: what was finished before a receiver's first start is not its.
                cluster.psql("SELECT pg_logical_emit_message(false, 'test', 'x')");
                cluster.switchWal();
                return newest(home.resolve("repository/" + site + "/xlog")).compareTo(next) > 0;
              });
    }
  }

  private static String newest(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return "";
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[0-9A-F]{24}"))
          .max(Comparator.naturalOrder())
          .orElse("");
    }
  }

  private static boolean receiverHasTrouble(DaemonProcess daemon) throws Exception {
    return !daemon.json("GET", "/status").at("/pg_receivexlogs/received/trouble").isNull();
  }

  private static JsonNode lastBaseBackup(DaemonProcess daemon) throws Exception {
    return daemon.json("GET", "/status").at("/backup_sites/main/last_basebackup");
  }

  private static void baseBackupFails(DaemonProcess daemon, int times) throws Exception {
    daemon.json("PUT", "/main/basebackup");
    patiently()
        .until(
            () ->
                daemon.json("GET", "/status").at("/backup_sites/main/failed_basebackups").asInt()
                    >= times);
  }

  /**
   * The environment of a process whose time of day is off by what the file says, read every second.
   *
   * <p>Without FAKETIME_FORCE_MONOTONIC_FIX=0, which Debian's libfaketime has the other way round,
   * each timed wait of a Java thread returns at once.
   */
  private static Map<String, String> clock(Path offset) throws IOException {
    try (Stream<Path> found = Files.find(Path.of("/usr/lib"), 4, ClockSetBackIT::isFaketime)) {
      Path library =
          found.findFirst().orElseThrow(() -> new AssertionError("apt-get install faketime"));
      return Map.of(
          "LD_PRELOAD", library.toString(),
          "FAKETIME_TIMESTAMP_FILE", offset.toString(),
          "FAKETIME_CACHE_DURATION", "1",
          "FAKETIME_DONT_FAKE_MONOTONIC", "1",
          "FAKETIME_FORCE_MONOTONIC_FIX", "0",
          "NO_FAKE_STAT", "1");
    }
  }

  private static boolean isFaketime(Path path, Object attributes) {
    return path.endsWith("faketime/libfaketimeMT.so.1");
  }
}
