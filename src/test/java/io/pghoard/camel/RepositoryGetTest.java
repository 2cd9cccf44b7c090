// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryGetTest {
  @Test
  void content_comesWithItsMetadata(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      byte[] bytes = new byte[3_000_000];
      ObjectKey key = new ObjectKey("main/xlog/x");
      service.store().put(key, Map.of("color", "red"), new ByteArrayInputStream(bytes));
      try (ObjectContent content = service.store().get(key)) {
        assertThat(content.stream().readAllBytes()).isEqualTo(bytes);
        assertThat(content.metadata()).containsEntry("color", "red");
      }
    }
  }

  @Test
  void missingObject_isKnownAsSuch(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThatThrownBy(() -> service.store().get(new ObjectKey("main/xlog/y")))
          .isInstanceOf(ObjectMissingException.class)
          .hasMessageContaining("main/xlog/y");
    }
  }
}
