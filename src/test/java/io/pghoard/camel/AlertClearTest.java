// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertClearTest {
  @Test
  void clearedAlert_hasNoFile_andASecondTimeIsNoError(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.raise("archive_conflict", "text");
      for (int i = 0; i < 2; i++) {
        service.call("alert-clear", Map.of("alertName", "archive_conflict"));
        assertThat(home.resolve("archive_conflict")).doesNotExist();
      }
    }
  }
}
