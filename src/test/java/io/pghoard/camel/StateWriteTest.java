// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateWriteTest {
  @Test
  void stateFile_saysWhatStatusSays(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      Path file = home.resolve("state.json");
      await().untilAsserted(() -> assertThat(file).exists());
      assertThat(new ObjectMapper().readTree(file.toFile())).isEqualTo(service.json("/status"));
      assertThat(service.json("/status").get("pid").asLong())
          .isEqualTo(ProcessHandle.current().pid());
    }
  }

  @Test
  void counts_goOnAfterARestart_andADamagedOrNewerFileIsWrittenAnew(@TempDir Path home)
      throws Exception {
    Path file = home.resolve("state.json");
    try (ArchivingService service = new ArchivingService(home, false)) {
      service.archived(FIRST, SECOND);
      assertThat(service.get(FIRST).statusCode()).isEqualTo(200);
      JsonNode xlog = service.daemon.json("/status").at("/transfer_agent_state/main/upload/xlog");
      assertThat(xlog.get("count").asInt()).isEqualTo(2);
      assertThat(xlog.get("data").asLong())
          .isEqualTo(Files.size(service.object(FIRST)) + Files.size(service.object(SECOND)));
      assertThat(xlog.get("latest_filename").asText()).isEqualTo(SECOND);
      assertThat(xlog.get("last_success").asText()).startsWith("20").endsWith("Z");
      assertThat(
              service
                  .daemon
                  .json("/status")
                  .at("/transfer_agent_state/main/download/xlog/count")
                  .asInt())
          .isPositive();
      service.daemon.service().bean("status", Status.class).write();
    }
    try (RunningService service = new RunningService(home)) {
      assertThat(uploads(service)).isEqualTo(2);
      assertThat(
              service
                  .json("/status")
                  .at("/transfer_agent_state/main/xlogs_since_basebackup")
                  .asInt())
          .isEqualTo(2);
    }
    String newer = Files.readString(file).replace("\"state_version\" : 1", "\"state_version\" : 2");
    for (String text : new String[] {newer, newer.substring(0, 100)}) {
      Files.writeString(file, text);
      try (RunningService service = new RunningService(home)) {
        assertThat(uploads(service)).isZero();
        await()
            .ignoreExceptions()
            .until(
                () -> new ObjectMapper().readTree(file.toFile()).at("/state_version").asInt() == 1);
      }
    }
  }

  private static int uploads(RunningService service) throws Exception {
    return service.json("/status").at("/transfer_agent_state/main/upload/xlog/count").asInt();
  }
}
