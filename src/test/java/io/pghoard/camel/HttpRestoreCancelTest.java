// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpRestoreCancelTest {
  @Test
  void cancelledRestore_ends(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      String address = restoring.started();
      assertThat(restoring.service.send("DELETE", address).statusCode()).isEqualTo(200);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(restoring.service.json(address).get("phase").asText())
                      .isIn("cancelled", "done"));
    }
  }
}
