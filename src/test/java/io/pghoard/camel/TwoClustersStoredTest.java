// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoClustersStoredTest {
  private static void backup(RunningService service, String name, String cluster) throws Exception {
    service
        .store()
        .put(
            new ObjectKey("main/basebackup/" + name),
            Map.of(
                "start-time",
                name + "T00:00:00+00:00",
                "start-wal-segment",
                "000000010000000000000002",
                "system-identifier",
                cluster,
                "wal-segment-size",
                "16777216"),
            InputStream.nullInputStream());
  }

  @Test
  void twoClusters_areAlerted_andNothingIsDeletedUntilThereIsOne(@TempDir Path home)
      throws Exception {
    try (RunningService service = RetentionApplyTest.keepingOne(home)) {
      backup(service, "2026-11-01", "41");
      backup(service, "2026-11-02", "42");
      Path alert = home.resolve("two_clusters_stored");

      service.call("retention-apply", Map.of("site", RunningService.SITE));

      assertThat(alert).content().contains("site: main", "to 2 clusters", "separated", "main-2");
      assertThat(service.store().keys("main/basebackup/")).hasSize(2);

      service.store().delete(new ObjectKey("main/basebackup/2026-11-01"));
      service.call("retention-apply", Map.of("site", RunningService.SITE));
      assertThat(alert).doesNotExist();
    }
  }
}
