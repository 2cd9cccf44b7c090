// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpRestoreListTest {
  @Test
  void restores_areListed(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      assertThat(restoring.service.json("/main/restore").get("restores")).isEmpty();
      restoring.started();
      assertThat(restoring.service.json("/main/restore").get("restores")).hasSize(1);
      assertThat(restoring.service.send("GET", "/other/restore").statusCode()).isEqualTo(404);
    }
  }
}
