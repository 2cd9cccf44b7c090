// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static io.pghoard.camel.ArchivingService.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalPrefetchOneTest {
  @Test
  void segmentThatCannotBeFetchedAhead_isLeftToItsRequest(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST, SECOND, THIRD);
      byte[] good = Files.readAllBytes(service.object(SECOND));
      service.damage(SECOND);
      assertThat(service.get(FIRST).statusCode()).isEqualTo(200);
      assertThat(service.get(SECOND).statusCode()).isEqualTo(409);
      Files.write(service.object(SECOND), good);
      assertThat(service.get(SECOND).statusCode()).isEqualTo(200);
      assertThat(service.get(THIRD).statusCode()).isEqualTo(200);
    }
  }
}
