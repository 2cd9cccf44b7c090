// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpVerifyGetTest {
  @Test
  void unknownOnes_areNotFound_andNoneIsListedAtFirst(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThat(service.json("/main/verify").path("verifications")).isEmpty();
      assertThat(service.send("GET", "/main/verify/1").statusCode()).isEqualTo(404);
      assertThat(service.send("GET", "/main/verify/1").body()).contains("no verification 1");
      assertThat(service.send("GET", "/other/verify").statusCode()).isEqualTo(404);
    }
  }
}
