// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertRaiseTest {
  @Test
  void raisedTwice_keepsTheFirstMoment_andSaysTheLastThing(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.raise("archive_conflict", "first text");
      Path file = home.resolve("archive_conflict");
      String since = Files.readAllLines(file).get(1);
      assertThat(since).startsWith("since: ");
      service.raise("archive_conflict", "second text,\nwith ${braces}\nsite: of nobody");
      assertThat(Files.readString(file))
          .startsWith("site: main\n" + since + "\n")
          .contains("  second text,\n  with ${braces}\n  site: of nobody\n")
          .doesNotContain("first text");
    }
  }

  @Test
  void exampleOfTheDocument_tellsTheChatOfANewAlert(@TempDir Path home) throws Exception {
    BlockingQueue<String> chat = new LinkedBlockingQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/hooks/pghoard",
        request -> {
          chat.add(new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          request.sendResponseHeaders(204, -1);
          request.close();
        });
    server.start();
    try {
      Path routes = Files.createDirectories(home.resolve("routes"));
      for (String yaml : examples()) {
        String id = yaml.lines().skip(1).findFirst().orElseThrow().replace("    id: ", "");
        Files.writeString(
            routes.resolve(id + ".camel.yaml"),
            yaml.replace(
                "https://chat.example", "http://127.0.0.1:" + server.getAddress().getPort()));
      }
      try (RunningService service = new RunningService(home)) {
        service.raise("archive_conflict", "one; then \"another\" $thing");
        service.raise("archive_conflict", "the same again");
        assertThat(chat.poll(30, TimeUnit.SECONDS))
            .isEqualTo("pghoard: archive_conflict at site main: one; then \"another\" $thing");
        service.raise("pg_hba_conf_error", "a new one");
        assertThat(chat.poll(30, TimeUnit.SECONDS)).contains("pg_hba_conf_error");
        assertThat(home.resolve("archive_conflict")).content().contains("the same again");
      }
    } finally {
      server.stop(0);
    }
  }

  private static List<String> examples() throws IOException {
    String page = Files.readString(Path.of("docs/routes.md"));
    String section = page.substring(page.indexOf("## An example: alerts in a chat"));
    String[] parts = section.substring(0, section.indexOf("\n## ", 1)).split("```", -1);
    List<String> examples = new ArrayList<>();
    for (int i = 1; i < parts.length; i += 2) {
      examples.add(parts[i].replaceFirst("yaml\n", ""));
    }
    assertThat(examples).hasSize(1);
    return examples;
  }
}
