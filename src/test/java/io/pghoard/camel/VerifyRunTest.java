// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import io.pghoard.scrub.Scrub;
import io.pghoard.verify.VerifyRequest;
import io.pghoard.verify.VerifyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyRunTest {
  @Test
  void lostChunk_isMarkedAndRaisesTheAlertOfTheScrub(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      Scrub scrub = restoring.service.service().bean("scrub", Scrub.class);
      // The first run of the scrub finds out what is marked.
      scrub.due(RunningService.SITE, 0);
      VerifyRun whole = verify(restoring);
      assertThat(whole.whole()).as(whole.toString()).isTrue();

      ObjectKey chunk = restoring.repository.chunk("only");
      Files.delete(home.resolve("repository").resolve(chunk.text()));
      VerifyRun run = verify(restoring);
      assertThat(run.whole()).isFalse();
      assertThat(run.toString()).contains("1 faults").contains("missing: " + chunk);
      assertThat(scrub.damaged(RunningService.SITE)).containsExactly(chunk);
      assertThat(restoring.service.json("/status").at("/alerts/object_damaged").toString())
          .contains(chunk + " is damaged: it is not in the repository");
    }
  }

  private static VerifyRun verify(RestoringService restoring) {
    VerifyRequest request = VerifyRequest.parse(RunningService.SITE, Map.of("basebackup", "only"));
    VerifyRun run = new VerifyRun("1", request, Clock.systemUTC());
    restoring
        .service
        .service()
        .context()
        .createProducerTemplate()
        .requestBody("direct:verify-run", run);
    return run;
  }
}
