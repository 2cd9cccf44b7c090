// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.host.NoticeReceiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon under systemd: what it tells, and when it does not. */
final class WatchdogIT {
  private static final String SICK =
      """
      - route:
          id: http-health
          description: Fails.
          routeConfigurationId: http-errors
          from:
            uri: direct:http-health
            steps:
              - throwException:
                  exceptionType: java.lang.IllegalStateException
                  message: it is sick
      """;

  @Test
  void daemon_tellsThatItIsReadyAliveAndStopping(@TempDir Path home) throws Exception {
    int port = DaemonProcess.freePort();
    Path routes = Files.createDirectory(home.resolve("routes"));
    Files.writeString(
        home.resolve("pghoard.json"),
        """
        {"backup_location": "%1$s/spool", "http_port": %2$d, "alert_file_dir": "%1$s",
         "json_state_file_path": "%1$s/state.json", "maintenance_mode_file": "%1$s/maintenance",
         "webserver_username": "w", "webserver_password": "p"}
        """
            .formatted(home, port));
    Files.writeString(
        home.resolve("application.properties"),
        "pghoard.watchdog.period = 100\npghoard.routes.reload-period = 100\n");
    try (NoticeReceiver systemd = new NoticeReceiver(home.resolve("notify").toString(), home);
        DaemonProcess daemon =
            DaemonProcess.launch(
                home, port, Map.of("NOTIFY_SOCKET", systemd.name, "WATCHDOG_USEC", "600000"))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .failFast("the daemon has ended", () -> !daemon.isAlive())
          .until(() -> alive(systemd) > 1);
      assertThat(systemd.notices().get(0))
          .isEqualTo("READY=1;STATUS=Sites: 0; HTTP on port " + port);

      Path sick = Files.writeString(routes.resolve("http-health.camel.yaml"), SICK);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> daemon.log().contains("watchdog failed and will be retried: GET /health"));
      int before = alive(systemd);
      // Fed twice a second otherwise.
      await().during(Duration.ofSeconds(2)).until(() -> alive(systemd) == before);

      Files.delete(sick);
      await().atMost(Duration.ofSeconds(20)).until(() -> alive(systemd) > before);

      Path config = home.resolve("pghoard.json");
      Files.writeString(
          config, Files.readString(config).replaceFirst("\\{", "{\"log_format\": \"json\", "));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                new ProcessBuilder("kill", "-HUP", "" + daemon.pid()).start().waitFor();
                return daemon.log().contains("\"message\":\"Reading " + config + " again");
              });
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(systemd.notices().stream().filter(WatchdogIT::isReload))
                      .startsWith(systemd.notices().get(0))
                      .anyMatch(notice -> notice.matches("RELOADING=1;MONOTONIC_USEC=[0-9]+"))
                      .endsWith(systemd.notices().get(0)));

      daemon.stop();
      List<String> all = systemd.notices();
      assertThat(all.get(all.size() - 1)).isEqualTo("STOPPING=1;STATUS=Stopping");
    }
  }

  private static boolean isReload(String notice) {
    return notice.startsWith("RELOADING=1") || notice.startsWith("READY=1");
  }

  private static int alive(NoticeReceiver systemd) throws Exception {
    return (int) systemd.notices().stream().filter("WATCHDOG=1"::equals).count();
  }
}
