// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.restore.RestoreChunk;
import io.pghoard.restore.RestoreProgress.Phase;
import io.pghoard.restore.RestoreRun;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreChunkFetchTest {
  @Test
  void missingChunk_failsTheRestore(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      RestoreRun run = restoring.run();
      restoring.service.call("restore-plan", Map.of("restore", run));
      restoring.repository.store().delete(restoring.repository.chunk("only"));
      RestoreChunk chunk = new RestoreChunk(restoring.repository.chunk("only"), "", 1);
      ProducerTemplate producer = restoring.service.service().context().createProducerTemplate();
      producer.send(
          "direct:restore-chunk-fetch",
          exchange -> {
            exchange.setVariable("restore", run);
            exchange.setVariable("site", RunningService.SITE);
            exchange.getMessage().setBody(chunk);
          });
      assertThat(run.progress().snapshot().phase()).isEqualTo(Phase.FAILED);
      assertThat(run.progress().snapshot().error()).contains(chunk.key().text());
      assertThat(restoring.target).doesNotExist();
    }
  }
}
