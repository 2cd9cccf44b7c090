// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.JavaCommand;
import io.pghoard.Pghoard;
import io.pghoard.archive.ArchivingSite;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon without what it takes for granted: a log that can be written, file descriptors. */
class DaemonStarvedIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** The class path alone takes some two hundred. */
  private static final int DESCRIPTORS = 500;

  /**
   * Those that are left to it later: fewer than the connections that it keeps of 500, a quarter.
   */
  private static final int SPARE = 60;

  private final int port = DaemonProcess.freePort();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  DaemonStarvedIT() throws IOException {}

  @Test
  void fullLogDisk_andExhaustedDescriptors_loseNothing(@TempDir Path home) throws Exception {
    ArchivingSite.makeCluster(home.resolve("data"));
    Process daemon = start(home);
    List<Socket> idlers = new ArrayList<>();
    try {
      await().atMost(LIMIT).ignoreExceptions().until(() -> archive(home, 3) == 201);
      int full = descriptors(daemon) + SPARE;
      limit(daemon, full);
      for (int i = 0; i < 2 * SPARE; i++) {
        Socket idler = new Socket(InetAddress.getLoopbackAddress(), port);
        idlers.add(idler);
        idler.getOutputStream().write("GET /health HT".getBytes(US_ASCII));
      }
      await().atMost(LIMIT).until(() -> descriptors(daemon) >= full);
      assertThat(archive(home, 4)).isNotEqualTo(201);
      for (Socket idler : idlers) {
        idler.close();
      }
      await().atMost(LIMIT).until(() -> archive(home, 4) == 201);
      assertThat(home.resolve("repository/main/xlog/" + name(4))).exists();
      assertThat(daemon.isAlive()).isTrue();
    } finally {
      for (Socket idler : idlers) {
        idler.close();
      }
      daemon.destroyForcibly().waitFor();
    }
  }

  private Process start(Path home) throws IOException {
    String config =
        """
        {
          "backup_location": "%1$s/spool", "http_address": "127.0.0.1", "http_port": %2$d,
          "alert_file_dir": "%1$s", "json_state_file_path": "%1$s/state.json",
          "maintenance_mode_file": "%1$s/maintenance", "log_level": "DEBUG",
          "backup_sites": {"main": {
            "active_backup_mode": "archive_command", "basebackup_interval_hours": null,
            "pg_data_directory": "%1$s/data", "nodes": ["host=127.0.0.1 port=1"],
            "object_storage": {"storage_type": "local", "directory": "%1$s/repository"}}}
        }
        """
            .formatted(home, port);
    Path file = Files.writeString(home.resolve("pghoard.json"), config);
    List<String> command =
        new ArrayList<>(
            List.of("/bin/sh", "-c", "ulimit -n " + DESCRIPTORS + " && exec \"$@\"", "sh"));
    command.addAll(
        JavaCommand.of(
            Pghoard.class, List.of("-Xmx128m", "-XX:-MaxFDLimit"), "--config", file.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(new File("/dev/full"))
        .start();
  }

  /** Of a process that runs. */
  private static void limit(Process daemon, int descriptors) throws Exception {
    Process prlimit =
        new ProcessBuilder("prlimit", "--pid=" + daemon.pid(), "--nofile=" + descriptors)
            .inheritIO()
            .start();
    assertThat(prlimit.waitFor()).isZero();
  }

  private static int descriptors(Process daemon) {
    return new File("/proc/" + daemon.pid() + "/fd").list().length;
  }

  private static String name(int number) {
    return "00000001000000000000000" + number;
  }

  /** The status of the answer; 0 when there is none. */
  private int archive(Path home, int number) throws Exception {
    Path file = home.resolve("data/pg_wal").resolve(name(number));
    if (Files.notExists(file)) {
      Files.write(file, ArchivingSite.segment(name(number), number));
      // Finished, and nothing that the daemon stores without being asked.
      Files.createFile(file.resolveSibling("archive_status/" + name(number) + ".done"));
    }
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/main/archive/" + name(number)))
            .timeout(Duration.ofSeconds(5))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (IOException unanswered) {
      return 0;
    }
  }
}
