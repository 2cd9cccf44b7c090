// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryListTest {
  @Test
  void listing_isOfThePrefix_andInOrder(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      for (String key : new String[] {"main/xlog/b", "main/xlog/a", "main/timeline/c"}) {
        service.store().put(new ObjectKey(key), Map.of(), new ByteArrayInputStream(new byte[5]));
      }
      assertThat(service.store().list("main/xlog/"))
          .extracting(object -> object.key().text(), object -> object.size())
          .containsExactly(tuple("main/xlog/a", 5L), tuple("main/xlog/b", 5L));
      assertThat(service.store().keys("main/xlog/"))
          .containsExactly(new ObjectKey("main/xlog/a"), new ObjectKey("main/xlog/b"));
    }
  }
}
