// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.ObjectKey;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A cluster that was promoted before it archived. */
class BaseBackupHistoryIT {
  @Test
  void historyThatWasNeverArchived_isStoredWithTheBackup_andRequired() throws Exception {
    ClusterOptions options = ClusterOptions.standard().withWalSegmentMegabytes(1);
    try (PostgresCluster primary = PostgresCluster.create(options.with("archive_mode", "off"));
        PostgresCluster cluster = primary.standby()) {
      cluster.promote();
      cluster.configure("archive_mode", "on");
      cluster.restart();
      try (BackedUpCluster site =
          new BackedUpCluster(cluster, json -> json.put("basebackup_wal_timeout_seconds", 6))) {
        Path history = cluster.walDirectory().resolve("00000002.history");
        Path away = history.resolveSibling("away");
        Files.move(history, away);
        site.take("scheduled");
        assertThat(String.valueOf(site.status().last()))
            .contains("00000002.history is neither in the repository nor in");
        assertThat(site.keysOfBaseBackups()).isEmpty();

        Files.move(away, history);
        site.take("scheduled");
        assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
        assertThat(site.store().keys("main/timeline/"))
            .extracting(ObjectKey::name)
            .containsExactly("00000002.history");
        assertThat(site.catalogue().baseBackups()).hasSize(1);
      }
    }
  }
}
