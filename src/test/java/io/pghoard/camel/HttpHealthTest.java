// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpHealthTest {
  @Test
  void health_isDownAndNamesTheRoute_whenOneIsStopped(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThat(service.json("/health").get("status").asText()).isEqualTo("UP");
      service.service().context().getRouteController().stopRoute("repository-put");
      HttpResponse<String> answer = service.send("GET", "/health");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("DOWN", "repository-put");
    }
  }

  @Test
  void health_isDownAndNamesTheThread_whenAnErrorHasEndedOne(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThat(service.json("/health").get("lost_threads")).isEmpty();
      Thread thread =
          new Thread(
              () -> {
                throw new StackOverflowError("for the test");
              },
              "worker");
      thread.start();
      thread.join();
      HttpResponse<String> answer = service.send("GET", "/health");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("DOWN", "worker", "StackOverflowError: for the test");
    }
  }

  @Test
  void routeThatIsStartedByHand_isNotMissed(@TempDir Path home) throws Exception {
    Files.writeString(
        Files.createDirectories(home.resolve("routes")).resolve("by-hand.camel.yaml"),
        """
        - route:
            id: by-hand
            description: Started by hand.
            autoStartup: false
            from:
              uri: direct:by-hand
              steps:
                - log: "by hand"
        """);
    try (RunningService service = new RunningService(home)) {
      assertThat(service.service().context().getRoute("by-hand")).isNotNull();
      assertThat(service.json("/health").get("status").asText()).isEqualTo("UP");
    }
  }
}
