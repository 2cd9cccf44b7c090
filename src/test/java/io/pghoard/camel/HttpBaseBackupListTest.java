// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBaseBackupListTest {
  @Test
  void list_hasNameSizeAndMetadata_theOldestFirst(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      put(service, "2026-11-02_10-00_0", "2026-11-02T10:00:00+00:00");
      put(service, "2026-11-01_10-00_0", "2026-11-01T10:00:00+00:00");
      JsonNode backups = service.json("/main/basebackup").get("basebackups");
      assertThat(backups).hasSize(2);
      assertThat(backups.get(0).get("name").asText()).isEqualTo("2026-11-01_10-00_0");
      assertThat(backups.get(0).get("size").asLong()).isEqualTo(7);
      assertThat(backups.get(0).get("metadata").get("start-wal-segment").asText())
          .isEqualTo("000000010000000000000002");
    }
  }

  @Test
  void unknownSite_isNotFound(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThat(service.send("GET", "/other/basebackup").statusCode()).isEqualTo(404);
      assertThat(service.send("GET", "/oth%20er/basebackup").statusCode()).isEqualTo(400);
    }
  }

  private static void put(RunningService service, String name, String start) throws Exception {
    service
        .store()
        .put(
            new ObjectKey("main/basebackup/" + name),
            Map.of("start-time", start, "start-wal-segment", "000000010000000000000002"),
            new ByteArrayInputStream(new byte[7]));
  }
}
