// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.backup.BaseBackupStatus.Phase;
import io.pghoard.backup.BaseBackups;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.BaseBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Two daemons, as on two machines, that back up one cluster into one repository. */
class SiteBaseBackupLeaseIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration AGE = Duration.ofSeconds(5);
  private static final String[] QUICK = {
    "pghoard.base-backup.check-period", "100",
    "pghoard.base-backup.lease-period", "100",
    "pghoard.base-backup.lease-age", String.valueOf(AGE.toMillis())
  };

  @Test
  void secondDaemon_waitsForTheEndOfTheFirstOnesBackup() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster first =
            new BackedUpCluster(cluster, site -> site.put("basebackup_count", 2), QUICK);
        RunningService second = second(cluster, first)) {
      beginAndHold(first);
      // As one that is due at the same moment; it is no failed base backup.
      second.call(
          "base-backup-take", Map.of("site", RunningService.SITE, "backupReason", "scheduled"));
      assertThat(status(second).failures()).isZero();
      schedule(second).request(RunningService.SITE);
      await()
          .atMost(LIMIT)
          .during(AGE.plusSeconds(2))
          .until(() -> status(second).last() == null && status(second).running() == null);
      assertThat(backups(second).sweep(RunningService.SITE)).isEmpty();
      release(cluster, first);
      await().atMost(LIMIT).until(() -> status(second).last() != null);
      assertThat(String.valueOf(first.status().last())).contains("failure=null");
      assertThat(String.valueOf(status(second).last())).contains("failure=null");
      assertThat(first.catalogue().baseBackups()).hasSize(2);
    }
  }

  @Test
  void backupOfADaemonThatStoodStill_isTakenOver_andIsNone() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster first =
            new BackedUpCluster(cluster, site -> site.put("basebackup_count", 2), QUICK);
        RunningService second = second(cluster, first)) {
      beginAndHold(first);
      first
          .running()
          .service()
          .context()
          .getRouteController()
          .stopRoute("site-base-backup-lease-main");
      schedule(second).request(RunningService.SITE);
      await().atMost(LIMIT).until(() -> isHeld(status(second)));
      release(cluster, first);
      await().atMost(LIMIT).until(() -> status(second).last() != null);
      await().atMost(LIMIT).until(() -> first.status().last() != null);
      assertThat(String.valueOf(status(second).last())).contains("failure=null");
      assertThat(String.valueOf(first.status().last()))
          .contains("another daemon, pghoard on ", "is taking a base backup of site main");
      List<BaseBackup> backups = first.catalogue().baseBackups();
      assertThat(backups).hasSize(1);
      String chunks = "main/basebackup_chunk/" + backups.get(0).name().replaceFirst("\\..*", "");
      assertThat(first.store().keys("main/basebackup_chunk/"))
          .isNotEmpty()
          .allMatch(key -> key.text().startsWith(chunks + "/"));
    }
  }

  private static RunningService second(PostgresCluster cluster, BackedUpCluster first)
      throws Exception {
    Path home = cluster.directory().make("second");
    Path routes = Files.createDirectories(home.resolve("routes"));
    Files.writeString(routes.resolve("site-wal-watch.camel.yaml"), BackedUpCluster.NO_WATCH);
    return new RunningService(
        home,
        cluster.dataDirectory(),
        root -> {
          ObjectNode site = (ObjectNode) root.at("/backup_sites/main");
          site.put("basebackup_count", 2);
          site.putArray("nodes").add(cluster.connectionString());
          site.withObject("/object_storage")
              .put("directory", first.home.resolve("repository").toString());
        },
        QUICK);
  }

  /** A base backup of the first daemon, which waits for its WAL. */
  private static void beginAndHold(BackedUpCluster site) throws IOException {
    Files.createFile(site.home.resolve("hold"));
    schedule(site.running()).request(RunningService.SITE);
    await().atMost(LIMIT).until(() -> isHeld(site.status()));
  }

  /** Lets the cluster archive; a new segment wakes its archiver. */
  private static void release(PostgresCluster cluster, BackedUpCluster site) throws IOException {
    Files.delete(site.home.resolve("hold"));
    cluster.psql("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()");
  }

  private static boolean isHeld(BaseBackupStatus status) {
    return status.running() != null && status.running().phase() == Phase.WAITING_FOR_WAL;
  }

  private static BaseBackups backups(RunningService service) {
    return Objects.requireNonNull(service.service().bean("baseBackups", BaseBackups.class));
  }

  private static BaseBackupStatus status(RunningService service) {
    return backups(service).status(RunningService.SITE);
  }

  private static BaseBackupSchedule schedule(RunningService service) {
    return Objects.requireNonNull(
        service.service().bean("baseBackupSchedule", BaseBackupSchedule.class));
  }
}
