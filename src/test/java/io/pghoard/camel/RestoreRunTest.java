// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.restore.RestoreProgress.Phase;
import io.pghoard.restore.RestoreRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreRunTest {
  @Test
  void backup_becomesCluster(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      RestoreRun run = restoring.run();
      restoring
          .service
          .service()
          .context()
          .createProducerTemplate()
          .sendBody("direct:restore-run", run);
      assertThat(run.progress().snapshot().error()).isNull();
      assertThat(run.progress().snapshot().phase()).isEqualTo(Phase.DONE);
      assertThat(restoring.target.resolve("base/1/1259")).hasContent("a table");
      assertThat(restoring.target.resolve("global/pg_control")).exists();
      assertThat(restoring.target.resolve("standby.signal")).exists();
    }
  }

  @Test
  void refusal_isTheOutcome(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      RestoreRun run = restoring.run("basebackup", "other");
      restoring
          .service
          .service()
          .context()
          .createProducerTemplate()
          .sendBody("direct:restore-run", run);
      assertThat(run.progress().snapshot().phase()).isEqualTo(Phase.FAILED);
      assertThat(run.progress().snapshot().error()).contains("has no base backup other");
      assertThat(restoring.target).doesNotExist();
    }
  }
}
