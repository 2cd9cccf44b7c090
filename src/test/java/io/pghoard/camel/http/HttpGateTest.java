// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in. */
class HttpGateTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void withoutCredentials_thisMachineIsServed(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThat(service.send("GET", "/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withCredentials_onlyTheRightOnesAreServed(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, HttpGateTest::withCredentials)) {
      assertThat(ask(service, null).statusCode()).isEqualTo(401);
      assertThat(ask(service, null).headers().firstValue("WWW-Authenticate"))
          .contains("Basic realm=\"pghoard\"");
      assertThat(ask(service, "operator:wrong").statusCode()).isEqualTo(401);
      assertThat(ask(service, "operator:secret:with:colons").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void putWithABody_isRefused_asItWouldBeIgnored(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      HttpRequest request =
          HttpRequest.newBuilder(service.address("/main/archive/000000010000000000000001"))
              .PUT(HttpRequest.BodyPublishers.ofString("not empty"))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("takes no body");
    }
  }

  @Test
  void secondDaemonOnThePort_doesNotStart_andNamesIt(@TempDir Path home, @TempDir Path other)
      throws Exception {
    try (RunningService service = new RunningService(home)) {
      int port = service.service().httpPort();
      assertThatThrownBy(
              () -> RunningService.configured(other, root -> root.put("http_port", port)).close())
          .hasStackTraceContaining("cannot listen on 127.0.0.1:" + port);
    }
  }

  private static void withCredentials(ObjectNode root) {
    root.put("webserver_username", "operator").put("webserver_password", "secret:with:colons");
  }

  private HttpResponse<String> ask(RunningService service, @Nullable String login)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(service.address("/health"));
    if (login != null) {
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
