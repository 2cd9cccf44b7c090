// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import com.azure.storage.blob.models.BlobStorageException;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.azure.AzureObjectStore;
import io.pghoard.repository.azure.AzurePut;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The steps around Camel's component {@code azure-storage-blob}, and what it cannot do. */
public final class AzureSteps {
  private static AzureObjectStore blobs(OpenStore store) {
    return store.as(AzureObjectStore.class);
  }

  public String blobName(OpenStore store, ObjectKey key) {
    return blobs(store).blobName(key);
  }

  public AzurePut prepare(
      OpenStore store, ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    return blobs(store).prepare(key, metadata, CachedBody.of(body));
  }

  public void putInBlocks(OpenStore store, AzurePut put) throws IOException {
    blobs(store).putInBlocks(put);
  }

  /** What the component got: the stream of a blob, and its properties as headers. */
  public ObjectContent content(
      OpenStore store,
      ObjectKey key,
      InputStream body,
      @Nullable Map<String, String> metadata,
      long size) {
    return blobs(store).content(key, body, metadata, size);
  }

  /** Throws what the component failed with, classified. */
  public void failed(OpenStore store, String deed, ObjectKey key, Exception failure)
      throws IOException {
    throw blobs(store).failure(deed, key, failure);
  }

  /** The same for a deletion, for which an object that is not there is no failure. */
  public void notDeleted(OpenStore store, ObjectKey key, Exception failure) throws IOException {
    IOException classified = blobs(store).failure("delete", key, failure);
    if (!(failure instanceof BlobStorageException)
        || !(classified instanceof ObjectMissingException)) {
      throw classified;
    }
  }
}
