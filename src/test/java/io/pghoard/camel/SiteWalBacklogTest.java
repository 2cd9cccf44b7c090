// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.alert.AlertChange;
import io.pghoard.alert.BacklogAlert;
import io.pghoard.config.Sites;
import io.pghoard.host.SteadyClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteWalBacklogTest {
  @Test
  void muchOrOldWal_isAnAlert_untilItIsArchived(@TempDir Path home) throws Exception {
    try (RunningService service =
        RunningService.with(
            home, "pghoard.wal.backlog-period", "50", "pghoard.wal.backlog-files", "2")) {
      Path status = service.dataDirectory.resolve("pg_wal/archive_status");
      Path alert = home.resolve("archive_backlog_warning");
      Path first = Files.createFile(status.resolve("000000010000000000000001.ready"));
      Path second = Files.createFile(status.resolve("000000010000000000000002.ready"));
      await().until(() -> Files.exists(alert));
      assertThat(alert)
          .content()
          .contains("site: main", "2 WAL files wait in " + status.getParent());
      Files.move(second, status.resolve("000000010000000000000002.done"));
      await().until(() -> Files.notExists(alert));
      Files.setLastModifiedTime(first, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
      await().until(() -> Files.exists(alert));
      assertThat(alert).content().contains("the oldest since 2026-01-01T00:00:00Z");
      Files.delete(first);
      await().until(() -> Files.notExists(alert));
    }
  }

  @Test
  void walThatWaitsSinceBeforeTheClockWasSetBack_isAnAlert_whenItHasWaitedForSoLong(
      @TempDir Path home) throws Exception {
    try (RunningService service = RunningService.with(home)) {
      Path ready =
          service.dataDirectory.resolve("pg_wal/archive_status/000000010000000000000001.ready");
      Instant written = Instant.parse("2026-11-30T18:00:00Z");
      Files.setLastModifiedTime(Files.createFile(ready), FileTime.from(written));
      AtomicLong nanos = new AtomicLong();
      Instant[] time = {written.minus(Duration.ofHours(6))};
      BacklogAlert backlog =
          new BacklogAlert(
              service.service().bean("sites", Sites.class),
              new SettableClock(time),
              new SteadyClock(nanos::get));
      long age = Duration.ofMinutes(15).toMillis();
      assertThat(backlog.check(RunningService.SITE, 64, age))
          .containsExactly(AlertChange.gone("archive_backlog_warning", RunningService.SITE));
      nanos.addAndGet(Duration.ofMinutes(16).toNanos());
      assertThat(backlog.check(RunningService.SITE, 64, age))
          .singleElement()
          .extracting(AlertChange::text)
          .asString()
          .contains("1 WAL files wait");
    }
  }

  @Test
  void receivedWalThatIsNotStored_isAnAlert_untilItIsGone(@TempDir Path home) throws Exception {
    Path incoming = Files.createDirectories(home.resolve("spool/main/xlog_incoming"));
    // Without a server that has told whose WAL this is, nothing of it is stored.
    Path first = Files.createFile(incoming.resolve("000000010000000000000001"));
    Files.setLastModifiedTime(first, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    Files.createFile(incoming.resolve("000000010000000000000002"));
    Files.createFile(incoming.resolve("000000010000000000000003.partial"));
    try (RunningService service =
        new RunningService(
            home,
            home.resolve("data"),
            root ->
                root.withObject("/backup_sites/main").put("active_backup_mode", "pg_receivexlog"),
            "pghoard.wal.backlog-period",
            "50")) {
      Path alert = home.resolve("archive_backlog_warning");
      await().until(() -> service.json("/status").at("/alerts/archive_backlog_warning").isArray());
      assertThat(alert)
          .content()
          .contains("1 WAL files that pg_receivewal has received wait in " + incoming);
      Files.delete(first);
      await().until(() -> Files.notExists(alert));
    }
  }
}
