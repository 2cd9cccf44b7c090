// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.Catalogue;
import io.pghoard.repository.SiteKeys;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBaseBackupPreserveTest {
  @Test
  void preservation_isOfOneBackupUntilATime(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      String path = "/main/basebackup/only/preserve/2030-01-01T00:00:00Z";
      assertThat(restoring.service.send("PUT", path).statusCode()).isEqualTo(201);
      assertThat(restoring.service.send("PUT", path).statusCode()).isEqualTo(201);
      assertThat(new Catalogue(restoring.repository.store(), new SiteKeys("main")).preservedUntil())
          .isEqualTo(Map.of("only.00000000.pghoard", Instant.parse("2030-01-01T00:00:00Z")));
      assertThat(
              restoring
                  .service
                  .send("PUT", "/main/basebackup/other/preserve/2030-01-01T00:00:00Z")
                  .statusCode())
          .isEqualTo(404);
      assertThat(restoring.service.send("PUT", "/main/basebackup/only/preserve/x").statusCode())
          .isEqualTo(400);
    }
  }
}
