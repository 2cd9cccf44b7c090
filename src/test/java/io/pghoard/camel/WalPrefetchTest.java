// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static io.pghoard.camel.ArchivingService.THIRD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.archive.ArchivingSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalPrefetchTest {
  private static long spooled(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("spool/main/prefetch"))) {
      return files.count();
    }
  }

  @Test
  void nextSegments_areThereBeforeTheyAreAskedFor(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST, SECOND, THIRD);
      assertThat(service.get(FIRST).statusCode()).isEqualTo(200);
      await().until(() -> spooled(home) == 2);
      service.delete(SECOND);
      assertThat(service.get(SECOND).body()).isEqualTo(ArchivingSite.segment(SECOND, '4'));
    }
  }
}
