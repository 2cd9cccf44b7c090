// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBaseBackupExistsTest {
  @Test
  void head_tellsWhetherGetWouldSend(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      HttpResponse<String> there = restoring.service.send("HEAD", "/main/basebackup/latest");
      assertThat(there.statusCode()).isEqualTo(200);
      assertThat(there.headers().firstValue("x-pghoard-basebackup")).hasValue("only");
      assertThat(there.headers().firstValue("Content-Type")).hasValue("application/x-tar");
      assertThat(restoring.service.send("HEAD", "/main/basebackup/x").statusCode()).isEqualTo(404);
    }
  }
}
