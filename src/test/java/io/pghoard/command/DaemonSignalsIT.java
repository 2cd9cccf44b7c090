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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the daemon does when the system tells it something. */
class DaemonSignalsIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static PostgresCluster cluster;

  @BeforeAll
  static void create() {
    cluster =
        PostgresCluster.create(
            ClusterOptions.standard().withWalSegmentMegabytes(1).archivingWith(""));
    cluster.pgbench("-i", "-q", "-s", "5");
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void hangup_hasTheConfigurationReadAgain_andABadOneRefused(@TempDir Path home) throws Exception {
    int port = DaemonProcess.freePort();
    try (DaemonProcess daemon = DaemonProcess.start(home, cluster, port, "null")) {
      await().atMost(LIMIT).ignoreExceptions().until(() -> health(daemon));
      String good = Files.readString(daemon.config());
      Files.writeString(daemon.config(), good.replace("\"http_port\"", "\"http_prot\""));
      signal("HUP", daemon);
      await().atMost(LIMIT).until(() -> Files.exists(home.resolve("configuration_error")));
      assertThat(health(daemon)).isTrue();
      Files.writeString(daemon.config(), good.replace("\"main\": {", "\"renamed\": {"));
      signal("HUP", daemon);
      await().atMost(LIMIT).until(() -> daemon.json("GET", "/main/basebackup").has("error"));
      assertThat(daemon.json("GET", "/renamed/basebackup").has("basebackups")).isTrue();
      assertThat(daemon.log()).contains("read again, as SIGHUP asks");
      await().atMost(LIMIT).until(() -> Files.notExists(home.resolve("configuration_error")));
      assertThat(daemon.stop()).isEqualTo(143);
    }
  }

  private static boolean health(DaemonProcess daemon) throws IOException, InterruptedException {
    return daemon.json("GET", "/health").path("status").asText().equals("UP");
  }

  private static void signal(String name, DaemonProcess daemon)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(daemon.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
