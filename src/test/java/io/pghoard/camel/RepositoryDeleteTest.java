// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryDeleteTest {
  @Test
  void deletedObject_isGone_andASecondTimeIsNoError(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      ObjectKey key = new ObjectKey("main/xlog/x");
      service.store().put(key, Map.of(), new ByteArrayInputStream(new byte[5]));
      service.store().delete(key);
      assertThat(service.store().list("main/")).isEmpty();
      service.store().delete(key);
    }
  }
}
