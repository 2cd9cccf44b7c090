// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.archive.ArchivingSite;
import io.pghoard.codec.Compression;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalStoreTest {
  @Test
  void object_isTheCompressedFileWithItsFacts(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      ObjectKey key = new ObjectKey("main/xlog/" + FIRST);
      try (ObjectContent object = service.daemon.store().get(key);
          InputStream plain = Compression.named("zstd", 0, 1).decode(object.stream())) {
        assertThat(plain.readAllBytes()).isEqualTo(ArchivingSite.segment(FIRST, '3'));
        assertThat(object.metadata())
            .containsEntry("original-file-size", "1048576")
            .containsEntry("system-identifier", Long.toString(ArchivingSite.CLUSTER))
            .containsKeys("hash", "hash-algorithm", "pg-version", "host", "compression-level");
      }
    }
  }
}
