// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertExpireTest {
  @Test
  void conflictThatNothingRenews_isCleared_andOtherAlertsStay(@TempDir Path home) throws Exception {
    try (RunningService service =
        RunningService.with(
            home, "pghoard.alerts.conflict-age", "300", "pghoard.alerts.expire-period", "50")) {
      service.raise("archive_conflict", "text");
      service.raise("pg_hba_conf_error", "text");
      await().until(() -> Files.notExists(home.resolve("archive_conflict")));
      assertThat(home.resolve("pg_hba_conf_error")).exists();
    }
  }
}
