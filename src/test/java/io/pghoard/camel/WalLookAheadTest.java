// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalLookAheadTest {
  @Test
  void fileThatIsRefused_holdsNoOtherUp_andIsStoredOnceItIsGood(@TempDir Path home)
      throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      Files.write(service.wal.resolve(FIRST), new byte[100]);
      service.ready(FIRST);
      service.segment(SECOND, 1);
      service.ready(SECOND);
      await().until(() -> Files.exists(service.object(SECOND)));
      assertThat(service.object(FIRST)).doesNotExist();
      service.segment(FIRST, 1);
      await().until(() -> Files.exists(service.object(FIRST)));
    }
  }
}
