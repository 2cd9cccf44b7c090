// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBaseBackupRequestTest {
  @Test
  void request_isTakenUp_andItsFailureIsSeen(@TempDir Path home) throws Exception {
    // Nothing listens on that port, so that the backup that was asked for fails at once.
    try (RunningService service =
        RunningService.configured(home, root -> node(root, "host=127.0.0.1 port=1"))) {
      assertThat(service.send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          service
                              .json("/status")
                              .at("/backup_sites/main/last_basebackup/failure")
                              .asText())
                      .contains("port 1 failed"));
    }
  }

  @Test
  void olderPath_isTheSame_andUnknownSiteIsNotFound(@TempDir Path home) throws Exception {
    try (RunningService service =
        RunningService.configured(home, root -> node(root, "host=127.0.0.1 port=1"))) {
      assertThat(service.send("PUT", "/main/archive/basebackup").statusCode()).isEqualTo(201);
      assertThat(service.send("PUT", "/other/basebackup").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void requestInMaintenanceMode_is409_andIsTakenUpAfterARestart(@TempDir Path home)
      throws Exception {
    Path maintenance = Files.createFile(home.resolve("maintenance"));
    try (RunningService service =
        RunningService.configured(home, root -> node(root, "host=127.0.0.1 port=1"))) {
      HttpResponse<String> answer = service.send("PUT", "/main/basebackup");
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body())
          .contains("maintenance mode because " + maintenance + " exists", "the request is kept");
      assertThat(service.json("/status").at("/backup_sites/main").has("last_basebackup")).isFalse();
    }
    Files.delete(maintenance);
    try (RunningService service =
        RunningService.configured(home, root -> node(root, "host=127.0.0.1 port=1"))) {
      await().until(() -> service.json("/status").at("/backup_sites/main").has("last_basebackup"));
    }
  }

  @Test
  void requestOfASiteThatIsNotActive_is409(@TempDir Path home) throws Exception {
    try (RunningService service =
        RunningService.configured(
            home, root -> ((ObjectNode) root.at("/backup_sites/main")).put("active", false))) {
      HttpResponse<String> answer = service.send("PUT", "/main/basebackup");
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("is not active", "set active to true");
    }
  }

  private static void node(ObjectNode root, String connection) {
    ObjectNode site = (ObjectNode) root.get("backup_sites").get("main");
    site.putArray("nodes").add(connection);
  }
}
