// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StorageContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract through the storage routes, on local disk. */
class LocalStorageTest extends StorageContract {
  private static RunningService service;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    service = new RunningService(home);
  }

  @AfterAll
  static void end() throws Exception {
    service.close();
  }

  @AfterEach
  void clear() throws Exception {
    store().delete(store().keys(""));
  }

  @Override
  protected ObjectStore store() {
    return service.store();
  }

  /** As the Python pghoard does it: without making each one durable. */
  @Override
  protected void putAll(List<ObjectKey> keys) throws Exception {
    Path repository = service.home.resolve("repository");
    for (ObjectKey key : keys) {
      Path file = repository.resolve(key.text());
      Files.createDirectories(file.resolveSibling(""));
      Files.createFile(file);
      Files.write(Path.of(file + ".metadata"), "{}".getBytes(UTF_8));
    }
  }
}
