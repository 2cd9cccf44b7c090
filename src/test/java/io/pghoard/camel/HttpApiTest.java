// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not an operation gets nothing. */
class HttpApiTest {
  @Test
  void unknownPath_isNotFound_andNoFileIsServed(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      for (String path : new String[] {"/application.properties", "/config/pghoard.json", "/"}) {
        HttpResponse<String> answer = service.send("GET", path);
        assertThat(answer.statusCode()).as(path).isEqualTo(404);
        assertThat(answer.body()).as(path).contains("\"error\"");
      }
    }
  }

  @Test
  void wrongMethod_isNotAllowed(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThat(service.send("DELETE", "/status").statusCode()).isEqualTo(405);
    }
  }
}
