// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpRestoreStartTest {
  @Test
  void restore_isStartedAndWatched(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      HttpResponse<String> answer =
          restoring.post("{\"target_dir\": \"" + restoring.target + "\"}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      String address = answer.headers().firstValue("Location").orElseThrow();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(restoring.service.json(address).get("phase").asText())
                      .isEqualTo("done"));
      assertThat(restoring.service.json(address).get("percent").asDouble()).isEqualTo(100);
      assertThat(restoring.target.resolve("global/pg_control")).exists();
    }
  }

  @Test
  void wrongRequest_isRefused(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      assertThat(restoring.post("{").statusCode()).isEqualTo(400);
      assertThat(restoring.post("[]").statusCode()).isEqualTo(400);
      assertThat(restoring.post("null").statusCode()).isEqualTo(400);
      assertThat(restoring.post("").body()).contains("target_dir is missing");
      HttpResponse<String> elsewhere = restoring.post("{\"target_dir\": \"/srv/elsewhere\"}");
      assertThat(elsewhere.statusCode()).isEqualTo(409);
      assertThat(elsewhere.body()).contains("restore_directories");
      assertThat(Files.exists(restoring.target)).isFalse();
    }
  }
}
