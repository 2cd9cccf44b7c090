// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.repository.Azurite;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StorageContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract through the storage routes, on Azurite. */
class AzureStorageIT extends StorageContract {
  private static Azurite azurite;
  private static String container;
  private static RunningService service;

  @BeforeAll
  static void start(@TempDir Path directory, @TempDir Path home) throws Exception {
    azurite = Azurite.start(directory);
    container = azurite.container();
    service =
        RunningService.configured(
            home,
            root ->
                Azurite.storage(
                    root.withObject("/backup_sites/main/object_storage"),
                    container,
                    azurite.port()));
  }

  @AfterAll
  static void end() throws IOException {
    service.close();
    azurite.close();
  }

  @BeforeEach
  void empty() {
    azurite.empty(container);
  }

  @Override
  protected ObjectStore store() {
    return service.store();
  }

  /** Beside the routes, which the other tests put through. */
  @Override
  protected void putAll(List<ObjectKey> keys) {
    azurite.putEmpty(container, keys);
  }
}
