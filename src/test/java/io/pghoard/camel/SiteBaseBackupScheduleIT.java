// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.BaseBackup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SiteBaseBackupScheduleIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void siteWithoutABackup_getsOneAtOnce_andOnlyOne() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site =
            new BackedUpCluster(cluster, json -> json.put("basebackup_interval_hours", 24))) {
      await().atMost(LIMIT).until(() -> site.status().last() != null);
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
      assertThat(site.catalogue().baseBackups())
          .singleElement()
          .satisfies(backup -> assertThat(backup.reason()).isEqualTo("scheduled"));
      assertThat(schedule(site).due(RunningService.SITE)).isNull();
    }
  }

  @Test
  void requestedBackup_isTaken() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      schedule(site).request(RunningService.SITE);
      await().atMost(LIMIT).until(() -> site.status().last() != null);
      assertThat(site.catalogue().baseBackups())
          .singleElement()
          .satisfies(backup -> assertThat(backup.reason()).isEqualTo("requested"));
    }
  }

  @Test
  void newBackup_takesThePlaceOfTheOldest() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site =
            new BackedUpCluster(cluster, json -> json.put("basebackup_count", 1))) {
      schedule(site).request(RunningService.SITE);
      await().atMost(LIMIT).until(() -> site.status().last() != null);
      BaseBackup first = site.catalogue().baseBackups().get(0);
      schedule(site).request(RunningService.SITE);
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(site.catalogue().baseBackups())
                      .singleElement()
                      .extracting(BaseBackup::name)
                      .isNotEqualTo(first.name()));
    }
  }

  @Test
  void stopOfTheService_endsTheBackupAndLeavesNothing() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS)) {
      Path home;
      try (BackedUpCluster site = new BackedUpCluster(cluster)) {
        home = site.home;
        Files.createFile(home.resolve("hold"));
        schedule(site).request(RunningService.SITE);
        await()
            .atMost(LIMIT)
            .until(
                () ->
                    Stream.ofNullable(site.status().running())
                        .map(BaseBackupStatus.Running::phase)
                        .anyMatch(BaseBackupStatus.Phase.WAITING_FOR_WAL::equals));
      }
      assertThat(home.resolve("repository/main")).isDirectoryNotContaining("glob:**/*.pghoard");
      assertThat(home.resolve("spool/main/basebackup_incoming")).isEmptyDirectory();
      assertThat(BackedUpCluster.runningPrograms()).isEmpty();
    }
  }

  private static BaseBackupSchedule schedule(BackedUpCluster site) {
    return Objects.requireNonNull(
        site.running().service().bean("baseBackupSchedule", BaseBackupSchedule.class));
  }
}
