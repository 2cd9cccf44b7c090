// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.repository.Azurite;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StorageContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract through the storage routes, on Azurite. */
class AzureStorageIT extends StorageContract {
  private static Azurite azurite;
  private RunningService service;

  @BeforeAll
  static void startAzurite(@TempDir Path directory) throws IOException {
    azurite = Azurite.start(directory);
  }

  @AfterAll
  static void endAzurite() {
    azurite.close();
  }

  @BeforeEach
  void start(@TempDir Path home) throws Exception {
    String container = azurite.container();
    service =
        RunningService.configured(
            home,
            root ->
                Azurite.storage(
                    root.withObject("/backup_sites/main/object_storage"),
                    container,
                    azurite.port()));
  }

  @AfterEach
  void end() throws IOException {
    service.close();
  }

  @Override
  protected ObjectStore store() {
    return service.store();
  }

  @Override
  protected void putAll(List<ObjectKey> keys) {
    keys.parallelStream()
        .forEach(
            key -> {
              try {
                store().put(key, Map.of(), new ByteArrayInputStream(new byte[0]));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
