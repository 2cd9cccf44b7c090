// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.MemoryBody;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StorageContract;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;

/** The contract, on S3Proxy, with the requests that Camel's component makes in the routes. */
class S3ObjectsTest extends StorageContract {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  private static S3Client client;
  private static S3Objects objects;

  @BeforeAll
  static void open() throws IOException {
    client = new S3Connection(BUCKET.storage()).client();
    objects = new S3Objects(BUCKET.storage(), client, PartMemory.ofThisProcess());
  }

  @AfterAll
  static void close() {
    client.close();
  }

  @Override
  protected ObjectStore store() {
    return new Direct();
  }

  @Override
  protected void putAll(List<ObjectKey> keys) {
    keys.parallelStream()
        .forEach(
            key ->
                client.putObject(
                    r -> r.bucket(BUCKET.name()).key(key.text()), RequestBody.empty()));
  }

  private static final class Direct implements ObjectStore {
    @Override
    public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      S3Put put =
          objects.prepare(
              new S3Put.Source(key, metadata, new MemoryBody(body), UUID.randomUUID().toString()));
      try {
        if (put.isLarge()) {
          objects.putInParts(put);
        } else {
          client.putObject(
              r ->
                  r.bucket(BUCKET.name())
                      .key(put.name())
                      .metadata(put.metadata())
                      .contentMD5(put.contentMd5())
                      .ifNoneMatch("*"),
              RequestBody.fromBytes(put.bytes()));
        }
      } catch (IOException | SdkException e) {
        objects.putFailed(put, e);
      } finally {
        objects.done(put);
      }
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
      try {
        return objects.content(key, client.getObject(objects.get(key)));
      } catch (SdkException e) {
        throw objects.getFailed(key, e);
      }
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
      try {
        for (DeleteObjectsRequest request : objects.deletions(keys)) {
          objects.deleted(client.deleteObjects(request));
        }
      } catch (SdkException e) {
        objects.deleteFailed(keys, e);
      }
    }
  }
}
