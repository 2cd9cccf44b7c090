// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBaseBackupManifestTest {
  @Test
  void manifest_isPostgresqls(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      HttpResponse<String> manifest =
          restoring.service.send("GET", "/main/basebackup/only/manifest");
      assertThat(manifest.statusCode()).isEqualTo(200);
      assertThat(manifest.body())
          .startsWith("{ \"PostgreSQL-Backup-Manifest-Version\": 1,")
          .contains("base/1/1259")
          .endsWith("\"}\n");
      assertThat(manifest.headers().firstValueAsLong("Content-Length"))
          .hasValue(manifest.body().length());
    }
  }
}
