// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.restore.RestoreRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePlanTest {
  @Test
  void plan_knowsTheSize_andTouchesNothing(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      RestoreRun run = restoring.run();
      restoring.service.call("restore-plan", Map.of("restore", run));
      assertThat(run.progress().snapshot().filesTotal()).isEqualTo(4);
      assertThat(run.progress().snapshot().backup()).isEqualTo("only");
      assertThat(restoring.target).doesNotExist();
    }
  }

  @Test
  void encryptedBackup_isCalledSo_andNothingIsTouched(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      encrypt(restoring);
      RestoreRun run = restoring.run();

      assertThatThrownBy(() -> restoring.service.call("restore-plan", Map.of("restore", run)))
          .cause()
          .hasMessageContaining(
              "main/basebackup/only.00000000.pghoard is encrypted with key id k2016");
      assertThat(restoring.target).doesNotExist();
    }
  }

  /** As if the Python pghoard had encrypted the main object. */
  static void encrypt(RestoringService restoring) throws IOException {
    Path sidecar =
        restoring.service.home.resolve("repository/main/basebackup/only.00000000.pghoard.metadata");
    String said = Files.readString(sidecar);
    Files.writeString(sidecar, said.replaceFirst("\\{", "{\"encryption-key-id\":\"k2016\","));
  }
}
