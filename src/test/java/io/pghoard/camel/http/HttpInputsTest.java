// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.RunningService;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpInputsTest {
  @Test
  void headersOfCamel_inAnyCase_neverReachARoute(@TempDir Path home) throws Exception {
    Path routes = Files.createDirectory(home.resolve("routes"));
    Files.writeString(
        routes.resolve("http-health.camel.yaml"),
        """
        - route:
            id: http-health
            from:
              uri: direct:http-health
              steps:
                - setBody:
                    simple: "headers: ${headers}"
        """);
    try (RunningService service = new RunningService(home)) {
      HttpRequest request =
          HttpRequest.newBuilder(service.address("/health"))
              .header("CamelExecCommandExecutable", "/bin/one")
              .header("camelexeccommandargs", "/bin/two")
              .header("CAMELFileName", "/bin/three")
              .header("cAmElHttpUri", "http://four/")
              .header("x-harmless", "five")
              .build();
      HttpClient client = HttpClient.newHttpClient();
      await()
          .untilAsserted(
              () ->
                  assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
                      .contains("five")
                      .doesNotContain("/bin/", "http://four"));
    }
  }
}
