// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.StorageException;
import io.pghoard.config.GoogleStorage;
import io.pghoard.repository.MemoryBody;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StorageContract;
import io.pghoard.repository.StorageSettings;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on the double of Google, with the requests that Camel's component makes. */
class GoogleObjectStoreIT extends StorageContract {
  private static GoogleServer google;
  private static GoogleConnection connection;
  private static GoogleObjectStore objects;
  private static String bucket;

  @BeforeAll
  static void open(@TempDir Path directory) throws IOException {
    google = GoogleServer.start(directory);
    bucket = google.bucket();
    GoogleStorage storage =
        (GoogleStorage)
            StorageSettings.read(
                directory, settings -> google.storage(settings, bucket, google.port()));
    connection = GoogleConnection.open(storage);
    objects = new GoogleObjectStore(storage, connection.api());
  }

  @AfterAll
  static void close() throws IOException {
    connection.close();
    google.close();
  }

  @BeforeEach
  void empty() throws IOException {
    google.empty(bucket);
  }

  @Override
  protected ObjectStore store() {
    return new Direct();
  }

  @Override
  protected void putAll(List<ObjectKey> keys) throws IOException {
    for (ObjectKey key : keys) {
      google.put(bucket, objects.objectName(key), new byte[0]);
    }
  }

  private static final class Direct implements ObjectStore {
    @Override
    public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      objects.put(key, metadata, new MemoryBody(body), UUID.randomUUID().toString());
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
      return objects.get(key);
    }

    @Override
    public List<StoredObject> list(String prefix) throws IOException {
      return objects.list(prefix);
    }

    @Override
    public List<ObjectKey> keys(String prefix) throws IOException {
      return objects.keys(prefix);
    }

    @Override
    public void delete(List<ObjectKey> keys) throws IOException {
      GoogleDeletion deletion = objects.deletion();
      for (ObjectKey key : keys) {
        try {
          deletion.done(connection.client().delete(BlobId.of(bucket, objects.objectName(key))));
        } catch (StorageException e) {
          deletion.failed(key, e);
        }
      }
      deletion.end();
    }
  }
}
