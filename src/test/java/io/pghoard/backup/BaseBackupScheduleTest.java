// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.SiteName;
import io.pghoard.config.UnknownSiteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BaseBackupScheduleTest {
  private final TestSite site;

  BaseBackupScheduleTest(@TempDir Path directory) throws IOException {
    site = new TestSite(directory);
  }

  @Test
  void siteWithoutABackup_isDueAtOnce() throws IOException {
    assertThat(due()).isEqualTo("scheduled");
  }

  @Test
  void backup_isDueAnIntervalAfterTheLastOnesStart() throws IOException {
    site.stored("2026-11-22_09-00_0", "2026-11-22T09:00:00Z", "scheduled");
    site.at("2026-11-23T08:59:59Z");
    assertThat(due()).isNull();
    site.at("2026-11-23T09:00:00Z");
    assertThat(due()).isEqualTo("scheduled");
  }

  @Test
  void requestedBackup_postponesTheNextOne() throws IOException {
    site.stored("2026-11-22_09-00_0", "2026-11-22T09:00:00Z", "scheduled");
    site.stored("2026-11-22_20-00_0", "2026-11-22T20:00:00Z", "requested");
    site.at("2026-11-23T10:00:00Z");
    assertThat(due()).isNull();
  }

  @Test
  void backupOnTheGrid_isDueWhenItsHourHasCome() throws IOException {
    site.grid(Duration.ofHours(24), 3, 30);
    site.stored("2026-11-22_03-30_0", "2026-11-22T03:30:05Z", "scheduled");
    site.at("2026-11-23T03:29:59Z");
    assertThat(due()).isNull();
    site.at("2026-11-23T03:30:00Z");
    assertThat(due()).isEqualTo("scheduled");
  }

  @Test
  void backupOnTheGrid_isNotDueWithinHalfAnIntervalOfTheLastOne() throws IOException {
    site.grid(Duration.ofHours(24), 3, 30);
    site.stored("2026-11-22_20-00_0", "2026-11-22T20:00:00Z", "scheduled");
    site.at("2026-11-23T04:00:00Z");
    assertThat(due()).isNull();
    site.at("2026-11-23T08:00:00Z");
    assertThat(due()).isEqualTo("scheduled");
  }

  @Test
  void siteWithoutInterval_isBackedUpOnRequestOnly() throws IOException {
    site.interval(null);
    assertThat(due()).isNull();
    site.schedule.request(TestSite.NAME);
    assertThat(due()).isEqualTo("requested");
  }

  @Test
  void request_isPendingUntilABackupThatBeganAfterItSucceeds() throws IOException {
    site.interval(null);
    site.schedule.request(TestSite.NAME);
    site.fails();
    site.at("2026-11-22T13:00:00Z");
    assertThat(due()).isEqualTo("requested");
    site.succeeds();
    assertThat(due()).isNull();
  }

  @Test
  void request_isPendingAlso_whenTheLastBackupWasTakenBeforeTheClockWasSetBack()
      throws IOException {
    site.interval(null);
    site.succeeds();
    site.at("2026-11-22T06:00:00Z");
    site.schedule.request(TestSite.NAME);
    assertThat(due()).isEqualTo("requested");
    site.at("2026-11-22T13:00:00Z");
    assertThat(due()).isEqualTo("requested");
    site.succeeds();
    assertThat(due()).isNull();
  }

  @Test
  void backupOfTheFuture_doesNotPostponeTheNextOne_asTheClockWasSetBack() throws IOException {
    site.stored("2026-11-22_12-59_0", "2026-11-22T12:59:00Z", "scheduled");
    assertThat(due()).as("another machine's clock may be a little ahead").isNull();
    site.stored("2036-01-01_00-00_0", "2036-01-01T00:00:00Z", "scheduled");
    assertThat(due()).isNull();
    site.at("2026-11-22T11:30:00Z");
    assertThat(due()).isEqualTo("scheduled");
    site.grid(Duration.ofHours(24), 3, 30);
    assertThat(due()).isEqualTo("scheduled");
    site.stored("2026-11-22_11-30_0", "2026-11-22T11:30:00Z", "scheduled");
    site.at("2026-11-22T11:36:00Z");
    assertThat(due()).isNull();
  }

  @Test
  void backupThatRetentionDeletesAtOnce_isNotTakenAgainAtOnce() throws IOException {
    site.stored("2036-01-01_00-00_0", "2036-01-01T00:00:00Z", "scheduled");
    assertThat(due()).isEqualTo("scheduled");
    site.succeeds();
    assertThat(due()).isNull();
    site.at("2026-11-23T12:00:00Z");
    assertThat(due()).isEqualTo("scheduled");
  }

  @Test
  void maintenance_startsNothingAndKeepsTheRequest() throws IOException {
    site.schedule.request(TestSite.NAME);
    Files.createFile(site.maintenanceFile());
    assertThat(due()).isNull();
    Files.delete(site.maintenanceFile());
    assertThat(due()).isEqualTo("requested");
  }

  @Test
  void failedBackup_isRetriedLaterAndLater() throws IOException {
    site.fails();
    assertThat(due()).isNull();
    site.at("2026-11-22T12:01:00Z");
    assertThat(due()).isEqualTo("scheduled");
    site.fails();
    site.at("2026-11-22T12:02:30Z");
    assertThat(due()).isNull();
    site.at("2026-11-22T12:03:00Z");
    assertThat(due()).isEqualTo("scheduled");
    for (int i = 0; i < 20; i++) {
      site.fails();
    }
    site.at("2026-11-22T13:02:59Z");
    assertThat(due()).isNull();
    site.at("2026-11-22T13:03:00Z");
    assertThat(due()).isEqualTo("scheduled");
  }

  @Test
  void requestAfterAFailure_isTriedAtOnce() throws IOException {
    site.fails();
    site.at("2026-11-22T12:00:01Z");
    site.schedule.request(TestSite.NAME);
    assertThat(due()).isEqualTo("requested");
  }

  @Test
  void inactiveSite_isNeverDue() throws IOException {
    site.inactive();
    assertThat(due()).isNull();
  }

  @Test
  void repositoryThatDoesNotAnswer_holdsUpNobodyElse() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    Semaphore answers = new Semaphore(0);
    BaseBackupSchedule schedule =
        new BaseBackupSchedule(
            site.sites,
            site.backups,
            name -> {
              asked.countDown();
              answers.acquireUninterruptibly();
              return site.store;
            },
            Clock.systemUTC());
    ExecutorService timer = Executors.newSingleThreadExecutor();
    try {
      Future<String> due = timer.submit(() -> String.valueOf(schedule.due(TestSite.NAME)));
      asked.await();
      schedule.request(TestSite.NAME);
      assertThat(schedule.due(TestSite.NAME)).isEqualTo("requested");
      answers.release();
      assertThat(due.get()).isEqualTo("scheduled");
    } finally {
      answers.release();
      timer.shutdown();
    }
  }

  @Test
  void unknownSite_isRefused() {
    assertThatThrownBy(() -> site.schedule.request(new SiteName("other")))
        .isInstanceOf(UnknownSiteException.class);
  }

  private @Nullable String due() throws IOException {
    return site.schedule.due(TestSite.NAME);
  }
}
