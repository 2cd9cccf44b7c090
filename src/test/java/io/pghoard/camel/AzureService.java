// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.Azurite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** An Azurite for a test class, and services whose site lies in it. */
abstract class AzureService {
  private static Azurite azurite;

  @BeforeAll
  static void startAzurite(@TempDir Path directory) throws IOException {
    azurite = Azurite.start(directory);
  }

  @AfterAll
  static void endAzurite() {
    azurite.close();
  }

  static Azurite azurite() {
    return azurite;
  }

  /** A service with a container of its own. */
  static RunningService service(Path home) throws Exception {
    return service(home, azurite.container(), azurite.port(), storage -> {});
  }

  /** A service by way of this port, with the object_storage edited. */
  static RunningService service(Path home, String container, int port, Consumer<ObjectNode> edit)
      throws Exception {
    return RunningService.configured(
        home,
        root -> {
          ObjectNode storage = root.withObject("/backup_sites/main/object_storage");
          Azurite.storage(storage, container, port);
          edit.accept(storage);
        });
  }
}
