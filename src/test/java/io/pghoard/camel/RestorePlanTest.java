// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.restore.RestoreRun;
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
}
