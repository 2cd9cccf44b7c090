// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpWalExistsTest {
  @Test
  void storedFile_isThere_withItsHash(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      HttpResponse<String> answer = service.daemon.send("HEAD", "/main/archive/" + FIRST);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("metadata-hash")).isPresent();
      assertThat(service.daemon.send("HEAD", "/main/archive/" + SECOND).statusCode())
          .isEqualTo(404);
    }
  }
}
