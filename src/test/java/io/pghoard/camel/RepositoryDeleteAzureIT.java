// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.ObjectKey;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryDeleteAzureIT extends AzureService {
  @Test
  void batch_goesWithThoseThatAreGoneAlready(@TempDir Path home) throws Exception {
    List<ObjectKey> keys =
        List.of(new ObjectKey("main/a"), new ObjectKey("main/b"), new ObjectKey("main/c"));
    try (RunningService service = service(home)) {
      for (ObjectKey key : keys) {
        service.store().put(key, Map.of(), InputStream.nullInputStream());
      }
      service.store().delete(keys.get(1));

      service.store().delete(keys);

      assertThat(service.store().keys("")).isEmpty();
    }
  }

  @Test
  void networkThatIsDown_isNoSuccess(@TempDir Path home) throws Exception {
    ObjectKey key = new ObjectKey("main/a");
    try (FaultProxy network = new FaultProxy(azurite().port());
        RunningService service =
            service(home, azurite().container(), network.port(), storage -> {})) {
      service.store().put(key, Map.of(), InputStream.nullInputStream());
      network.fault(FaultProxy.cutAfter(FaultProxy.Direction.TO_SERVER, 0));

      assertThatIOException()
          .isThrownBy(() -> service.store().delete(key))
          .withMessageStartingWith("cannot delete main/a: ");

      network.fault(FaultProxy.healthy());
      assertThat(service.store().keys("")).containsExactly(key);
    }
  }
}
