// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.camel.reload.RouteReload;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.BaseBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BaseBackupFinishIT {
  @Test
  void walThatIsNeverArchived_failsTheBackup_andTheNextOneWorks() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = impatient(cluster)) {
      Path hold = Files.createFile(site.home.resolve("hold"));
      site.take("scheduled");
      assertThat(String.valueOf(site.status().last()))
          .contains("its WAL was not archived within 6 s", "archive_command");
      assertNothingStored(site);
      assertThat(BackedUpCluster.runningPrograms()).isEmpty();

      Files.delete(hold);
      // PostgreSQL's archiver pauses for up to a minute after failures, unless there is new WAL.
      cluster.psql("SELECT pg_create_restore_point('new WAL')");
      String segment = cluster.switchWal();
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> !site.store().keys("main/xlog/" + segment).isEmpty());
      site.take("scheduled");
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
      assertThat(site.catalogue().baseBackups()).hasSize(1);
    }
  }

  @Test
  void walThatIsArchivedElsewhere_failsTheBackup() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = impatient(cluster)) {
      cluster.configure("archive_command", "/bin/true");
      site.take("scheduled");
      assertThat(String.valueOf(site.status().last()))
          .contains("did not arrive in the repository in time", "the first one is 00000001");
      assertNothingStored(site);
    }
  }

  @Test
  void mainObjectThatIsRefused_leavesNothing_andTheNextBackupWorks() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      Path place = Files.createDirectories(site.home.resolve("repository/main"));
      Path inTheWay = Files.writeString(place.resolve("basebackup"), "no directory");
      site.take("scheduled");
      assertThat(String.valueOf(site.status().last())).contains("cannot put main/basebackup/");
      assertNothingStored(site);

      Files.delete(inTheWay);
      site.take("scheduled");
      assertThat(site.catalogue().baseBackups()).hasSize(1);
    }
  }

  /** The example of docs/routes.md. */
  @Test
  void operatorsSteps_areTaken_andABrokenEditStopsNothing() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      Path logs = site.home.resolve("logs");
      Path log = logs.resolve("base-backups.log");
      String document = Files.readString(Path.of("docs/routes.md"));
      int begin =
          document.indexOf("- route:", document.indexOf("## An example: a log of one's own"));
      String route =
          document
              .substring(begin, document.indexOf("```", begin))
              .replace("/var/log/pghoard", logs.toString());
      site.replaceRoute("on-base-backup-finished", route);
      site.take("scheduled");
      await()
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(Files.readAllLines(log)).isEqualTo(names(site)));

      Path file = site.home.resolve("routes/on-base-backup-finished.camel.yaml");
      Files.writeString(file, route.replace("setBody", "setBodi"));
      RouteReload reload = site.running().service().bean("routeReload", RouteReload.class);
      await().untilAsserted(() -> assertThat(reload.refusal()).contains("setBodi"));
      site.take("requested");
      await()
          .untilAsserted(
              () -> assertThat(Files.readAllLines(log)).hasSize(2).isEqualTo(names(site)));
    }
  }

  private static List<String> names(BackedUpCluster site) throws IOException {
    return site.catalogue().baseBackups().stream().map(BaseBackup::name).toList();
  }

  private static BackedUpCluster impatient(PostgresCluster cluster) throws Exception {
    return new BackedUpCluster(cluster, site -> site.put("basebackup_wal_timeout_seconds", 6));
  }

  private static void assertNothingStored(BackedUpCluster site) throws IOException {
    assertThat(site.keysOfBaseBackups()).isEmpty();
    assertThat(site.home.resolve("spool/main/basebackup_incoming")).isEmptyDirectory();
  }
}
