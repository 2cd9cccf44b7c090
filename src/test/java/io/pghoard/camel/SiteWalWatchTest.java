// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteWalWatchTest {
  private static List<String> tree(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void readyFile_isStoredBeforeItIsAskedFor_andPgWalIsLeftAlone(@TempDir Path home)
      throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.segment(FIRST, 1);
      service.segment(SECOND, 1);
      service.ready(FIRST);
      List<String> before = tree(service.wal);
      await().until(() -> Files.exists(service.object(FIRST)));
      assertThat(service.object(SECOND)).doesNotExist();
      assertThat(tree(service.wal)).isEqualTo(before);
    }
  }

  @Test
  void manyReadyFiles_areAllStored(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      for (int number = 0; number < 40; number++) {
        String name = "0000000100000000000000%02X".formatted(number);
        service.segment(name, number);
        service.ready(name);
      }
      for (int number = 0; number < 40; number++) {
        Path object = service.object("0000000100000000000000%02X".formatted(number));
        await().until(() -> Files.exists(object));
      }
    }
  }

  @Test
  void namesThatPostgresqlDoesNotArchive_areLeftAlone(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.ready("pg_hba.conf");
      service.ready("00000009.history");
      service.segment(FIRST, 1);
      service.ready(FIRST);
      await().until(() -> Files.exists(service.object(FIRST)));
      assertThat(service.daemon.send("GET", "/health").statusCode()).isEqualTo(200);
    }
  }
}
