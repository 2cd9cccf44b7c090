// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import com.azure.core.http.rest.PagedResponse;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.pghoard.config.AzureStorage;
import io.pghoard.repository.AnswerBody;
import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.CheckedContent.Expected;
import io.pghoard.repository.Deadline;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectListing;
import io.pghoard.repository.RereadableBody;
import io.pghoard.repository.StoredObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The container of one site in Azure Blob Storage: what Camel's component does not do, and what
 * comes of what it does.
 */
public final class AzureObjectStore implements ObjectListing {
  /** The most that one answer holds. */
  private static final int PAGE = 5000;

  private final AzureStorage storage;
  private final AzureFailure failure;
  private final BlobContainerClient container;
  private final Deadline deadline;

  public AzureObjectStore(AzureStorage storage, BlobServiceClient client) {
    this.storage = storage;
    this.failure = new AzureFailure(storage);
    this.container = client.getBlobContainerClient(storage.container());
    // The client's own deadline is the same; this one holds whatever the client waits for.
    this.deadline = new Deadline(storage.access().callTimeout().plusSeconds(1));
  }

  /** An object's name in the container. */
  public String blobName(ObjectKey key) {
    return prefix() + key;
  }

  private String prefix() {
    return storage.prefix().isEmpty() ? "" : storage.prefix() + "/";
  }

  /** Reads of a body what goes in one request, and of a larger one nothing yet. */
  public AzurePut prepare(ObjectKey key, Map<String, String> metadata, RereadableBody body)
      throws IOException {
    return AzurePut.of(key, metadata, body, storage.tier());
  }

  /** Stores a large object. */
  public void putInBlocks(AzurePut put) throws IOException {
    new AzureUpload(
            container.getBlobClient(blobName(put.key())).getBlockBlobClient(),
            put,
            deadline,
            failure)
        .run();
  }

  /**
   * What Camel's component got, checked while it is read.
   *
   * @param stored the metadata as Azure has it
   */
  public ObjectContent content(
      ObjectKey key, InputStream body, @Nullable Map<String, String> stored, long size) {
    AzureMetadata metadata = AzureMetadata.read(stored);
    String deed = "read " + key;
    InputStream answer =
        new AnswerBody(new Bounded(deed, body), (read, e) -> failure.of(deed, key, e));
    return new ObjectContent(
        new CheckedContent(key, Expected.of(metadata.sha256(), size), answer), metadata.metadata());
  }

  /** The failure of Camel's component to do a deed with an object, sorted. */
  public IOException failure(String deed, ObjectKey key, Throwable failure) {
    return this.failure.of(deed + " " + key, key, failure);
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    return list(
        prefix,
        new BlobListDetails().setRetrieveMetadata(true),
        item -> {
          ObjectKey key = key(item);
          return key == null
              ? null
              : new StoredObject(
                  key,
                  item.getProperties().getContentLength(),
                  item.getProperties().getLastModified().toInstant(),
                  AzureMetadata.read(item.getMetadata()).metadata());
        });
  }

  @Override
  public List<ObjectKey> keys(String prefix) throws IOException {
    return list(prefix, new BlobListDetails(), this::key);
  }

  private <T> List<T> list(
      String prefix, BlobListDetails details, Function<BlobItem, @Nullable T> reader)
      throws IOException {
    String deed = "list the objects below \"" + prefix + "\"";
    ListBlobsOptions options =
        new ListBlobsOptions()
            .setPrefix(prefix() + prefix)
            .setDetails(details)
            .setMaxResultsPerPage(PAGE);
    List<T> found = new ArrayList<>();
    Iterator<PagedResponse<BlobItem>> pages =
        call(deed, () -> container.listBlobs(options, null).iterableByPage().iterator());
    while (call(deed, pages::hasNext)) {
      for (BlobItem item : pages.next().getElements()) {
        T each = reader.apply(item);
        if (each != null) {
          found.add(each);
        }
      }
    }
    return found;
  }

  /** Null for a name that pghoard gives to no object. */
  private @Nullable ObjectKey key(BlobItem item) {
    String text = item.getName().substring(prefix().length());
    return ObjectKey.matches(text) ? new ObjectKey(text) : null;
  }

  private <T> T call(String deed, Callable<T> call) throws IOException {
    try {
      return deadline.within(deed, call);
    } catch (RuntimeException e) {
      throw failure.of(deed, null, e);
    }
  }

  /** Most reads are answered from a block that has arrived; a thread for each costs too much. */
  private final class Bounded extends FilterInputStream {
    private final String deed;

    Bounded(String deed, InputStream in) {
      super(in);
      this.deed = deed;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return in.available() > 0
          ? in.read(buffer, offset, length)
          : deadline.within(deed, () -> in.read(buffer, offset, length));
    }
  }
}
