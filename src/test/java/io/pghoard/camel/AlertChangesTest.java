// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.alert.AlertChange;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertChangesTest {
  @Test
  void changes_raiseAndClear_eachItsOwn(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.raise("pg_hba_conf_error", "no entry");
      service
          .service()
          .context()
          .createProducerTemplate()
          .sendBody(
              "direct:alert-changes",
              List.of(
                  AlertChange.gone("pg_hba_conf_error", RunningService.SITE),
                  new AlertChange("authentication_error", RunningService.SITE, "wrong password"),
                  new AlertChange("configuration_error", null, "a comma is missing")));
      assertThat(home.resolve("pg_hba_conf_error")).doesNotExist();
      assertThat(home.resolve("authentication_error"))
          .content()
          .startsWith("site: main\n")
          .contains("  wrong password\n");
      assertThat(home.resolve("configuration_error"))
          .content()
          .startsWith("site: -\n")
          .contains("  a comma is missing\n");
    }
  }
}
