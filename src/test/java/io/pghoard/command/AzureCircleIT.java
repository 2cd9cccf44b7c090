// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.Azurite;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class AzureCircleIT extends StoreCircle {
  private static Azurite azurite;

  AzureCircleIT() throws Exception {}

  @BeforeAll
  static void startAzurite(@TempDir Path directory) throws IOException {
    azurite = Azurite.start(directory);
  }

  @AfterAll
  static void endAzurite() {
    azurite.close();
  }

  @Override
  protected String storage() throws IOException {
    ObjectNode storage = new ObjectMapper().createObjectNode();
    Azurite.storage(storage, azurite.container(), through(azurite.port()));
    return storage.toString();
  }
}
