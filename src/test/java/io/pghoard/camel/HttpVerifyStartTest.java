// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpVerifyStartTest {
  @Test
  void verification_isStartedAndWatched(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      HttpResponse<String> answer = restoring.service.send("POST", "/main/verify");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      String address = answer.headers().firstValue("Location").orElseThrow();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> restoring.service.json(address).path("ended").asBoolean());
      assertThat(restoring.service.json(address).path("whole").asBoolean()).isTrue();
      assertThat(restoring.service.json(address).at("/basebackups/0").asText()).isEqualTo("only");
    }
  }
}
