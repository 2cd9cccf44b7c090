// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateWriteTest {
  @Test
  void stateFile_saysWhatStatusSays(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      Path file = home.resolve("state.json");
      await().untilAsserted(() -> assertThat(file).exists());
      assertThat(new ObjectMapper().readTree(file.toFile())).isEqualTo(service.json("/status"));
    }
  }
}
