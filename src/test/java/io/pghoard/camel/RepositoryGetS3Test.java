// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

class RepositoryGetS3Test {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");

  @Test
  void objectOfThePythonTool_isRead(@TempDir Path home) throws Exception {
    BUCKET
        .client()
        .putObject(
            r ->
                r.bucket(BUCKET.name())
                    .key(KEY.text())
                    .metadata(Map.of("host", "100%", "Content-Length", "3")),
            RequestBody.fromString("abc"));
    try (RunningService service = RunningService.configured(home, BUCKET::use);
        ObjectContent content = service.store().get(KEY)) {
      assertThat(content.metadata()).containsExactly(Map.entry("host", "100%"));
      assertThat(content.stream().readAllBytes()).asString().isEqualTo("abc");
    }
  }

  @Test
  void otherBytes_areNoticed(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      service.store().put(KEY, Map.of("color", "red"), new ByteArrayInputStream(new byte[9]));
      Map<String, String> metadata =
          BUCKET.client().headObject(r -> r.bucket(BUCKET.name()).key(KEY.text())).metadata();
      BUCKET
          .client()
          .putObject(
              r -> r.bucket(BUCKET.name()).key(KEY.text()).metadata(metadata),
              RequestBody.fromString("ninebytes"));

      try (ObjectContent content = service.store().get(KEY)) {
        assertThatThrownBy(() -> content.stream().readAllBytes())
            .isInstanceOf(IOException.class)
            .hasMessageContaining("main/xlog/x is damaged");
      }
    }
  }

  @Test
  void contentThatIsLeftUnread_isClosedAtOnce(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      service.store().put(KEY, Map.of(), new ByteArrayInputStream(new byte[8 << 20]));
      for (int round = 0; round < 60; round++) {
        // More often than there are connections: each is given back.
        try (ObjectContent content = service.store().get(KEY)) {
          assertThat(content.stream().read()).isZero();
        }
      }
    }
  }
}
