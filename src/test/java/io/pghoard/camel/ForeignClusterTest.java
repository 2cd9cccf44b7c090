// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.repository.ObjectKey;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The repository has a base backup of another cluster than the one that archives. */
class ForeignClusterTest {
  @Test
  void walOfAnotherCluster_isRefusedAndAlerted_andTakenInAnotherPlace(@TempDir Path home)
      throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      ObjectKey backup = new ObjectKey("main/basebackup/2026-11-01_00-00_0");
      service
          .daemon
          .store()
          .put(
              backup,
              Map.of(
                  "start-time", "2026-11-01T00:00:00+00:00",
                  "start-wal-segment", FIRST,
                  "system-identifier", "42",
                  "wal-segment-size", "1048576"),
              InputStream.nullInputStream());
      service.segment(FIRST, 1);
      service.ready(FIRST);

      // The look-ahead meets it first.
      Path alert = home.resolve("foreign_cluster");
      await().until(() -> Files.exists(alert));
      assertThat(alert).content().contains("site: main", "\"prefix\": \"main-2\"");
      HttpResponse<String> answer = service.daemon.send("PUT", "/main/archive/" + FIRST);
      assertThat(answer.statusCode()).isEqualTo(412);
      assertThat(answer.body()).contains("belongs to cluster 42", "\"remedy\":");
      assertThat(service.object(FIRST)).doesNotExist();

      service.daemon.reconfigure(
          root -> root.withObject("/backup_sites/main").put("prefix", "main-2"));
      await().until(() -> service.daemon.send("PUT", "/main/archive/" + FIRST).statusCode() == 201);
      assertThat(service.repository.resolve("main-2/xlog/" + FIRST)).exists();
    }
  }
}
