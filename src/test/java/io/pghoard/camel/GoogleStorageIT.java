// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StorageContract;
import io.pghoard.repository.google.GoogleServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract through the storage routes, on the double of Google. */
class GoogleStorageIT extends StorageContract {
  private static GoogleServer google;
  private static RunningService service;
  private static String bucket;

  @BeforeAll
  static void start(@TempDir Path objects, @TempDir Path home) throws Exception {
    google = GoogleServer.start(objects);
    bucket = google.bucket();
    service =
        RunningService.configured(
            home,
            root -> {
              ObjectNode storage = root.withObject("/backup_sites/main/object_storage");
              google.storage(storage, bucket, google.port());
              storage.put("prefix", "backups/site-1");
            });
  }

  @AfterAll
  static void end() throws IOException {
    service.close();
    google.close();
  }

  @BeforeEach
  void empty() throws IOException {
    google.empty(bucket);
  }

  @Override
  protected ObjectStore store() {
    return service.store();
  }

  @Override
  protected void putAll(List<ObjectKey> keys) throws IOException {
    for (ObjectKey key : keys) {
      google.put(bucket, "backups/site-1/" + key, new byte[0]);
    }
  }
}
