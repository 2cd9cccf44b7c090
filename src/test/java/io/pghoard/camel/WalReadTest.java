// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalReadTest {
  @Test
  void damagedObject_isAFailureAndNoAbsence(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      service.damage(FIRST);
      HttpResponse<byte[]> answer = service.get(FIRST);
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(new String(answer.body(), UTF_8)).contains("damaged").doesNotContain("absent");
      assertThat(home.resolve("spool/main/prefetch")).isEmptyDirectory();
    }
  }

  @Test
  void encryptedObject_isCalledSo_andNothingIsWritten(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      Path sidecar = Path.of(service.object(FIRST) + ".metadata");
      String said = Files.readString(sidecar);
      Files.writeString(sidecar, said.replaceFirst("\\{", "{\"encryption-key-id\":\"k2016\","));
      Path target = home.resolve("data/pg_wal/RECOVERYXLOG");

      for (int round = 0; round < 2; round++) {
        HttpResponse<String> answer = service.getTo(FIRST, target.toString());
        assertThat(answer.statusCode()).isGreaterThan(404);
        assertThat(answer.body())
            .contains("main/xlog/" + FIRST + " is encrypted with key id k2016")
            .doesNotContain("absent");
      }
      assertThat(target).doesNotExist();
      assertThat(home.resolve("spool/main/prefetch")).isEmptyDirectory();
    }
  }

  @Test
  void repositoryThatIsGone_isAFailureAndNoAbsence(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      Path elsewhere = Files.move(service.repository, home.resolve("elsewhere"));
      for (int round = 0; round < 2; round++) {
        HttpResponse<byte[]> answer = service.get(FIRST);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(new String(answer.body(), UTF_8))
            .contains("is its file system mounted?")
            .doesNotContain("absent");
        // As a mount point looks without its file system.
        Files.createDirectories(service.repository);
      }
      Files.delete(service.repository);
      Files.move(elsewhere, service.repository);
    }
  }

  @Test
  void emptyRepository_isNoAbsence(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      HttpResponse<byte[]> answer = service.get(FIRST);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(new String(answer.body(), UTF_8))
          .contains("is its file system mounted?")
          .doesNotContain("absent");
    }
  }
}
