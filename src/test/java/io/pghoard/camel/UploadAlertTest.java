// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadAlertTest {
  @Test
  void storeThatFailsAgainAndAgain_isAnAlert_untilItStores(@TempDir Path home) throws Exception {
    Path alert = home.resolve("upload_retries_warning");
    Path repository = home.resolve("repository");
    Path away = home.resolve("away");
    try (RunningService service = RunningService.with(home, "pghoard.uploads.alert-period", "50")) {
      // As an unmounted disk.
      Files.move(repository, away);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> put(service, 1)).isInstanceOf(IOException.class);
      }
      assertThat(upload(service, "failures_in_a_row")).isEqualTo(3);
      assertThat(alert).doesNotExist();
      assertThatThrownBy(() -> put(service, 1)).isInstanceOf(IOException.class);
      await().until(() -> Files.exists(alert));
      assertThat(alert).content().contains("site: main", "failed 4 times in a row", "mounted");
    }
    // Nobody knows whether it stores until it has.
    try (RunningService service = RunningService.with(home, "pghoard.uploads.alert-period", "50")) {
      assertThat(service.json("/status").at("/alerts/upload_retries_warning/0/site").asText())
          .isEqualTo("main");
      Files.move(away, repository);
      put(service, 2);
      await().until(() -> Files.notExists(alert));
      assertThat(upload(service, "failures_in_a_row")).isZero();
    }
  }

  private static int upload(RunningService service, String field) throws Exception {
    return service.json("/status").at("/transfer_agent_state/main/upload/xlog/" + field).asInt();
  }

  private static void put(RunningService service, int number) throws IOException {
    ObjectStore store = service.store();
    ObjectKey key = new ObjectKey("main/xlog/00000001000000000000000" + number);
    store.put(key, Map.of(), new ByteArrayInputStream(new byte[10]));
  }
}
