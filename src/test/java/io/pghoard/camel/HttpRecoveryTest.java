// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GET /SITE/recovery of a repository that the test fills with names. */
class HttpRecoveryTest {
  @Test
  void gaps_areNamed_andNoneElse(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      for (int number : new int[] {2, 3, 4, 7, 8, 10}) {
        segment(service, 1, number);
      }
      segment(service, 2, 10);
      segment(service, 2, 11);
      backup(service, "2026-11-22_10-00_0", 3);
      backup(service, "2026-11-22_11-00_0", 8);
      backup(service, "2026-11-22_12-00_0", 9);

      JsonNode recovery = service.json("/main/recovery");

      assertThat(recovery.get("gaps"))
          .extracting(
              gap -> gap.get("first_missing").asText() + " " + gap.get("next_present").asText())
          .containsExactly(
              "000000010000000000000005 000000010000000000000007",
              "000000010000000000000009 00000001000000000000000A");
      assertThat(recovery.get("windows"))
          .extracting(
              window ->
                  window.get("basebackup").asText() + " " + window.get("last_segment").asText())
          .containsExactly(
              "2026-11-22_10-00_0 000000010000000000000004",
              "2026-11-22_11-00_0 000000010000000000000008",
              "2026-11-22_12-00_0 null");
      assertThat(recovery.get("windows").get(2).get("restorable").asBoolean()).isFalse();
      assertThat(service.send("GET", "/nowhere/recovery").statusCode()).isEqualTo(404);
    }
  }

  private static void segment(RunningService service, int timeline, int number) throws IOException {
    put(service, "main/xlog/%08X%016X".formatted(timeline, number), Map.of());
  }

  private static void backup(RunningService service, String name, int segment) throws IOException {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("format", "pghoard-bb-v2");
    metadata.put("start-time", name.substring(0, 10) + "T" + name.substring(11, 13) + ":00:00Z");
    metadata.put("start-wal-segment", "00000001%016X".formatted(segment));
    metadata.put("end-wal-segment", "00000001%016X".formatted(segment));
    put(service, "main/basebackup/" + name + ".00000000.pghoard", metadata);
  }

  private static void put(RunningService service, String key, Map<String, String> metadata)
      throws IOException {
    service.store().put(new ObjectKey(key), metadata, new ByteArrayInputStream(new byte[1]));
  }
}
