// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.storage.Stores;
import io.pghoard.repository.s3.S3Bucket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

class SiteUploadSweepTest {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  @Test
  void oldUploadOfTheSite_isAborted(@TempDir Path home) throws Exception {
    begin("main/basebackup_chunk/b/c");
    begin("mainly/other");

    try (RunningService service = sweeping(home, 0)) {
      assertThat(service.service().context().getRoute("site-upload-sweep-main")).isNotNull();
      await()
          .untilAsserted(
              () ->
                  assertThat(BUCKET.uploads())
                      .extracting(MultipartUpload::key)
                      .containsExactly("mainly/other"));
    }
  }

  @Test
  void youngUpload_goesOn(@TempDir Path home) throws Exception {
    begin("main/basebackup_chunk/b/c");

    try (RunningService service = sweeping(home, 3_600_000)) {
      // Through the route's own bean, as often as it likes.
      service.service().bean("stores", Stores.class).sweep(RunningService.SITE, 3_600_000);
      assertThat(BUCKET.uploads()).hasSize(1);
    }
  }

  private static void begin(String key) {
    BUCKET.client().createMultipartUpload(r -> r.bucket(BUCKET.name()).key(key));
  }

  private static RunningService sweeping(Path home, long age) throws Exception {
    Files.writeString(
        home.resolve("application.properties"),
        "pghoard.uploads.sweep-delay = 100\npghoard.uploads.sweep-period = 100\npghoard.uploads.age = %d\n"
            .formatted(age));
    return RunningService.configured(home, BUCKET::use);
  }
}
