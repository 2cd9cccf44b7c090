// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.google.GoogleServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A double of Google for a test class, and services whose site lies in it. */
abstract class GoogleService {
  private static GoogleServer google;

  @BeforeAll
  static void startGoogle(@TempDir Path directory) throws IOException {
    google = GoogleServer.start(directory);
  }

  @AfterAll
  static void endGoogle() {
    google.close();
  }

  @AfterEach
  void endFaults() {
    google.faults().none();
  }

  static GoogleServer google() {
    return google;
  }

  /** A service with this bucket. */
  static RunningService service(Path home, String bucket) throws Exception {
    return service(home, bucket, google.port(), storage -> {});
  }

  /** A service by way of this port, with the object_storage edited. */
  static RunningService service(Path home, String bucket, int port, Consumer<ObjectNode> edit)
      throws Exception {
    return RunningService.configured(
        home,
        root -> {
          ObjectNode storage = root.withObject("/backup_sites/main/object_storage");
          google.storage(storage, bucket, port);
          edit.accept(storage);
        });
  }
}
