// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpRestoreGetTest {
  @Test
  void restore_isTold_unknownIsNotFound(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      String address = restoring.started();
      assertThat(restoring.service.json(address).get("target_dir").asText())
          .isEqualTo(restoring.target.toString());
      assertThat(restoring.service.send("GET", "/main/restore/x").statusCode()).isEqualTo(404);
      assertThat(restoring.service.send("GET", "/other/restore/x").statusCode()).isEqualTo(404);
    }
  }
}
