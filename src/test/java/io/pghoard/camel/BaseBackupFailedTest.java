// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.lease.BaseBackupElsewhereException;
import io.pghoard.lease.PghoardId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseBackupFailedTest {
  @Test
  void failure_isTold_butNotThatAnotherDaemonTakesIt(@TempDir Path home) throws Exception {
    Path routes = Files.createDirectory(home.resolve("routes"));
    Files.writeString(
        routes.resolve("on-base-backup-failed.camel.yaml"),
        """
        - route:
            id: on-base-backup-failed
            from:
              uri: direct:on-base-backup-failed
              steps:
                - setBody:
                    simple: "${variable.site}, ${variable.backupReason}: ${variable.failure}"
                - to:
                    uri: file:%s
                    parameters:
                      fileName: failures
                      fileExist: Append
                      appendChars: "\\\\n"
        """
            .formatted(home));
    try (RunningService service = new RunningService(home)) {
      fail(
          service,
          new BaseBackupElsewhereException(RunningService.SITE, new PghoardId("other", "1")));
      fail(service, new IOException("the server is down"));
      Path failures = home.resolve("failures");
      await().untilAsserted(() -> assertThat(failures).exists());
      assertThat(failures).hasContent("main, scheduled: the server is down");
    }
  }

  private static void fail(RunningService service, Exception cause) {
    service
        .service()
        .context()
        .createProducerTemplate()
        .request(
            "direct:base-backup-failed",
            exchange -> {
              exchange.setVariable("site", RunningService.SITE);
              exchange.setVariable("backupReason", "scheduled");
              exchange.setProperty(Exchange.EXCEPTION_CAUGHT, cause);
            });
  }
}
