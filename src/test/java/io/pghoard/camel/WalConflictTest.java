// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalConflictTest {
  @Test
  void conflictThatTheLookAheadMeets_isAlerted(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      service.segment(FIRST, 2);
      service.ready(FIRST);
      await().until(() -> Files.exists(home.resolve("archive_conflict")));
      assertThat(home.resolve("archive_conflict"))
          .content()
          .contains("site: main", "main/xlog/" + FIRST, "two servers archive to one site");
    }
  }
}
