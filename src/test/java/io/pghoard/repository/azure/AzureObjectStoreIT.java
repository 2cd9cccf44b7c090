// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.specialized.BlobInputStream;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.pghoard.config.AzureStorage;
import io.pghoard.repository.Azurite;
import io.pghoard.repository.MemoryBody;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StorageContract;
import io.pghoard.repository.StorageSettings;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on Azurite, with the requests that Camel's component makes in the routes. */
class AzureObjectStoreIT extends StorageContract {
  private static Azurite azurite;
  private static BlobServiceClient client;
  private static AzureObjectStore blobs;
  private static String container;

  @BeforeAll
  static void open(@TempDir Path directory) throws IOException {
    azurite = Azurite.start(directory);
    container = azurite.container();
    AzureStorage storage =
        (AzureStorage)
            StorageSettings.read(
                directory, settings -> Azurite.storage(settings, container, azurite.port()));
    client = new AzureConnection(storage).client();
    blobs = new AzureObjectStore(storage, client);
  }

  @AfterAll
  static void close() {
    azurite.close();
  }

  @BeforeEach
  void empty() {
    azurite.empty(container);
  }

  @Override
  protected ObjectStore store() {
    return new Direct();
  }

  @Override
  protected void putAll(List<ObjectKey> keys) {
    azurite.putEmpty(container, keys);
  }

  private static BlockBlobClient blob(ObjectKey key) {
    return client
        .getBlobContainerClient(container)
        .getBlobClient(blobs.blobName(key))
        .getBlockBlobClient();
  }

  private static final class Direct implements ObjectStore {
    @Override
    public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      AzurePut put = blobs.prepare(key, metadata, new MemoryBody(body));
      if (put.isLarge()) {
        blobs.putInBlocks(put);
        return;
      }
      try {
        blob(key)
            .uploadWithResponse(
                new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(put.bytes()))
                    .setContentMd5(put.contentMd5())
                    .setMetadata(put.stored())
                    .setTier(put.tier())
                    .setRequestConditions(put.conditions()),
                null,
                Context.NONE);
      } catch (RuntimeException e) {
        throw blobs.failure("put", key, e);
      }
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
      try {
        BlobInputStream body = blob(key).openInputStream();
        return blobs.content(
            key, body, body.getProperties().getMetadata(), body.getProperties().getBlobSize());
      } catch (RuntimeException e) {
        throw blobs.failure("get", key, e);
      }
    }

    @Override
    public List<StoredObject> list(String prefix) throws IOException {
      return blobs.list(prefix);
    }

    @Override
    public List<ObjectKey> keys(String prefix) throws IOException {
      return blobs.keys(prefix);
    }

    @Override
    public void delete(List<ObjectKey> keys) throws IOException {
      for (ObjectKey key : keys) {
        try {
          blob(key).delete();
        } catch (RuntimeException e) {
          IOException classified = blobs.failure("delete", key, e);
          if (!(classified instanceof ObjectMissingException)) {
            throw classified;
          }
        }
      }
    }
  }
}
