// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.Catalogue;
import io.pghoard.repository.SiteKeys;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBaseBackupReleaseTest {
  @Test
  void release_endsThatPreservationAlone(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      String path = "/main/basebackup/only/preserve/";
      restoring.service.send("PUT", path + "2030-01-01T00:00:00Z");
      restoring.service.send("PUT", path + "2031-01-01T00:00:00Z");
      assertThat(restoring.service.send("DELETE", path + "2030-01-01T00:00:00Z").statusCode())
          .isEqualTo(200);
      assertThat(restoring.repository.store().keys(new SiteKeys("main").preservationRequests()))
          .singleElement()
          .asString()
          .contains("2031-01-01");
      assertThat(new Catalogue(restoring.repository.store(), new SiteKeys("main")).preservedUntil())
          .hasSize(1);
    }
  }
}
