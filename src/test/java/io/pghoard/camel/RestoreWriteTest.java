// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.restore.RestoreRun;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreWriteTest {
  @Test
  void plan_isWritten(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      RestoreRun run = restoring.run();
      restoring.service.call("restore-plan", Map.of("restore", run));
      restoring.service.call("restore-write", Map.of("restore", run, "site", RunningService.SITE));
      assertThat(restoring.target.resolve("global/pg_control")).exists();
    }
  }

  @Test
  void damagedChunk_leavesNoCluster(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      RestoreRun run = restoring.run();
      restoring.service.call("restore-plan", Map.of("restore", run));
      restoring.repository.store().delete(restoring.repository.chunk("only"));
      restoring
          .repository
          .store()
          .put(
              restoring.repository.chunk("only"),
              Map.of(),
              new ByteArrayInputStream(new byte[1024]));
      assertThatThrownBy(
              () ->
                  restoring.service.call(
                      "restore-write", Map.of("restore", run, "site", RunningService.SITE)))
          .hasRootCauseMessage(
              "the base backup lacks 2 of the files that its backup_manifest lists: PG_VERSION, base/1/1259");
      assertThat(restoring.target.resolve("global/pg_control")).doesNotExist();
    }
  }
}
