// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.google.GoogleServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class GoogleCircleIT extends StoreCircle {
  private static GoogleServer google;

  GoogleCircleIT() throws Exception {}

  @BeforeAll
  static void startGoogle(@TempDir Path directory) throws IOException {
    google = GoogleServer.start(directory);
  }

  @AfterAll
  static void endGoogle() {
    google.close();
  }

  @Override
  protected String storage() throws IOException {
    ObjectNode storage = new ObjectMapper().createObjectNode();
    google.storage(storage, google.bucket(), through(google.port()));
    return storage.toString();
  }
}
