// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

class RepositoryPutS3WholeTest {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  @Test
  void object_liesBelowThePrefix_asThePythonToolHasIt(@TempDir Path home) throws Exception {
    Map<String, String> metadata = Map.of("compression-algorithm", "lzma", "pg-version", "150018");
    try (RunningService service =
        RunningService.configured(home, root -> BUCKET.use(root).put("prefix", "a/b"))) {
      service
          .store()
          .put(
              new ObjectKey("main/xlog/x"),
              metadata,
              new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)));

      assertThat(service.store().keys("main/")).containsExactly(new ObjectKey("main/xlog/x"));
    }
    HeadObjectResponse head =
        BUCKET.client().headObject(r -> r.bucket(BUCKET.name()).key("a/b/main/xlog/x"));
    assertThat(head.metadata())
        .containsAllEntriesOf(metadata)
        .containsEntry(
            "pghoard-sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(head.contentLength()).isEqualTo(3);
  }
}
