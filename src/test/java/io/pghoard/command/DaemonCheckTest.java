// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.pghoard.check.Checks;
import io.pghoard.check.Finding;
import io.pghoard.check.Outcome;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.SiteName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonCheckTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path home;

  DaemonCheckTest(@TempDir Path home) {
    this.home = home;
  }

  @Test
  void daemonThatWasNeverStarted_isToBeStarted_andOneThatIsDownFails() throws Exception {
    int port = DaemonProcess.freePort();
    assertThat(findings(port, PATIENCE, false))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.answer().outcome()).isEqualTo(Outcome.WARNING);
              assertThat(found.answer().remedy()).contains("start it");
            });
    assertThat(findings(port, PATIENCE, true))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.answer().outcome()).isEqualTo(Outcome.FAILED);
              assertThat(found.answer().text()).contains("no daemon answers at");
            });
  }

  @Test
  void whatIsNotTheDaemonOfTheSite_fails() throws Exception {
    assertThat(answerTo(401, "{}")).contains("does not accept webserver_username");
    assertThat(answerTo(500, "{}")).contains("answers 500");
    assertThat(answerTo(200, "<html>")).contains("something that is not JSON");
    assertThat(answerTo(200, "{\"backup_sites\": {\"other\": {}}}"))
        .contains("does not know the site");
  }

  @Test
  void daemonThatDoesNotAnswerInTime_fails() throws Exception {
    HttpServer server = server();
    try {
      // Nobody answers.
      assertThat(findings(server.getAddress().getPort(), Duration.ofMillis(200), false))
          .singleElement()
          .satisfies(
              found -> {
                assertThat(found.answer().outcome()).isEqualTo(Outcome.FAILED);
                assertThat(found.answer().text()).contains("has not answered");
              });
    } finally {
      server.stop(0);
    }
  }

  private static HttpServer server() throws Exception {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  private String answerTo(int status, String body) throws Exception {
    HttpServer server = server();
    server.createContext(
        "/status",
        request -> {
          byte[] bytes = body.getBytes(UTF_8);
          request.sendResponseHeaders(status, bytes.length);
          request.getResponseBody().write(bytes);
          request.close();
        });
    server.start();
    try {
      List<Finding> findings = findings(server.getAddress().getPort(), PATIENCE, false);
      assertThat(findings).hasSize(1);
      assertThat(findings.get(0).answer().outcome()).isEqualTo(Outcome.FAILED);
      return findings.get(0).answer().text();
    } finally {
      server.stop(0);
    }
  }

  private List<Finding> findings(int port, Duration patience, boolean inUse) throws Exception {
    Path file =
        Files.writeString(
            home.resolve("pghoard.json"),
            """
            {"backup_location": "%s", "http_address": "127.0.0.1", "http_port": %d,
             "backup_sites": {"main": {"active_backup_mode": "pg_receivexlog",
               "nodes": ["host=127.0.0.1"],
               "object_storage": {"storage_type": "local", "directory": "%s"}}}}
            """
                .formatted(home.resolve("spool"), port, home.resolve("repository")));
    List<Finding> findings = new ArrayList<>();
    new DaemonCheck(ConfigFile.read(file), new SiteName("main"), patience)
        .run(new Checks("daemon", findings::add), inUse);
    return findings;
  }
}
