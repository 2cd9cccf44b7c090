// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpStatusTest {
  @Test
  void status_namesEverySite(@TempDir Path home) throws Exception {
    Instant before = Instant.now();
    try (RunningService service = new RunningService(home)) {
      JsonNode status = service.json("/status");
      assertThat(Instant.parse(status.get("startup_time").asText())).isAfterOrEqualTo(before);
      assertThat(status.get("backup_sites").get("main").get("active").asBoolean()).isTrue();
    }
  }
}
