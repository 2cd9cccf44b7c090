// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RepositoryDeleteS3Test {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  @Test
  void moreKeysThanOneRequestTakes_areAllDeleted(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      List<ObjectKey> keys =
          new ArrayList<>(
              IntStream.range(0, 1200).mapToObj(n -> new ObjectKey("main/xlog/n" + n)).toList());
      for (ObjectKey key : List.of(keys.get(0), keys.get(1), keys.get(1199))) {
        service.store().put(key, Map.of(), new ByteArrayInputStream(new byte[1]));
      }
      ObjectKey kept = new ObjectKey("main/xlog/kept");
      service.store().put(kept, Map.of(), new ByteArrayInputStream(new byte[1]));

      service.store().delete(keys);

      assertThat(service.store().keys("")).containsExactly(kept);
      service.store().delete(List.of());
    }
  }

  @Test
  void refusal_isToldWithItsRemedy(@TempDir Path home) throws Exception {
    try (RunningService service =
        RunningService.configured(
            home, root -> BUCKET.use(root).put("aws_access_key_id", "nobody"))) {
      assertThatThrownBy(() -> service.store().delete(new ObjectKey("main/xlog/x")))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("cannot delete objects: ")
          .hasMessageContaining("check aws_access_key_id");
    }
  }
}
