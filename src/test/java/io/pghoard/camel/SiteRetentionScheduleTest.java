// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.host.HostName;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteRetentionScheduleTest {
  @Test
  void oldBackup_goesByItself(@TempDir Path home) throws Exception {
    Files.writeString(
        home.resolve("application.properties"),
        "pghoard.retention.delay = 100\npghoard.retention.period = 100\n");
    try (RunningService service = RetentionApplyTest.keepingOne(home)) {
      RetentionApplyTest.twoBackups(service.store());

      await().untilAsserted(() -> assertThat(service.store().keys("main/")).hasSize(4));
    }
  }

  @Test
  void chunksOfAKilledBackup_goByThemselves(@TempDir Path home) throws Exception {
    Files.writeString(
        home.resolve("application.properties"),
        "pghoard.retention.delay = 100\npghoard.retention.period = 100\n");
    try (RunningService service = new RunningService(home)) {
      service
          .store()
          .put(
              new SiteKeys("main").chunk("2026-11-22_09-00_0", 1),
              Map.of("host", HostName.here()),
              new ByteArrayInputStream(new byte[10]));

      await()
          .untilAsserted(
              () -> assertThat(service.store().keys(new SiteKeys("main").chunks())).isEmpty());
    }
  }
}
