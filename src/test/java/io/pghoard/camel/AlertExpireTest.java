// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.alert.AlertChange;
import io.pghoard.alert.Alerts;
import io.pghoard.config.Sites;
import io.pghoard.host.SteadyClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
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

  @Test
  void conflictFromBeforeTheClockWasSetBack_isCleared_inItsTime(@TempDir Path home)
      throws Exception {
    try (RunningService service = new RunningService(home)) {
      Sites sites = service.service().bean("sites", Sites.class);
      AtomicLong nanos = new AtomicLong();
      Instant[] time = {Instant.parse("2026-11-30T18:00:00Z")};
      Alerts alerts = new Alerts(sites, new SettableClock(time), new SteadyClock(nanos::get));
      alerts.raise("archive_conflict", RunningService.SITE, "text");
      time[0] = time[0].minus(Duration.ofHours(6));
      nanos.addAndGet(Duration.ofMinutes(9).toNanos());
      assertThat(alerts.expired("archive_conflict", Duration.ofMinutes(10).toMillis())).isEmpty();
      nanos.addAndGet(Duration.ofMinutes(2).toNanos());
      assertThat(alerts.expired("archive_conflict", Duration.ofMinutes(10).toMillis()))
          .containsExactly(AlertChange.gone("archive_conflict", RunningService.SITE));
    }
  }
}
