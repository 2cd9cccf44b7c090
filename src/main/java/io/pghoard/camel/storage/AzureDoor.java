// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobStorageException;
import io.pghoard.config.AzureStorage;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.azure.AzureConnection;
import io.pghoard.repository.azure.AzureObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;

/** The {@code azure} branch of the four doors: the sites' containers in Azure Blob Storage. */
public final class AzureDoor implements SiteDoor {
  private final Sites sites;
  private final Registry registry;
  private final RetiredClients retired;
  private final Map<SiteName, Container> containers = new ConcurrentHashMap<>();
  private final AtomicInteger clients = new AtomicInteger();

  public AzureDoor(Sites sites, Registry registry, RetiredClients retired) {
    this.sites = sites;
    this.registry = registry;
    this.retired = retired;
  }

  /**
   * What the routes name of a site's container.
   *
   * @param client the bean of the site's client in Camel's registry
   */
  public record Container(AzureStorage storage, String client, AzureObjectStore store) {
    public String account() {
      return storage.account();
    }

    public String name() {
      return storage.container();
    }
  }

  /** The container of a site, with a client that is made when the first asks for it. */
  public Container container(SiteName site) throws IOException {
    if (!(sites.get(site).storage() instanceof AzureStorage storage)) {
      throw new IllegalArgumentException("site %s has no storage in Azure".formatted(site));
    }
    return containers.compute(
        site,
        (name, before) -> {
          if (before != null && before.storage().equals(storage)) {
            return before;
          }
          retire(before);
          return connect(name, storage);
        });
  }

  private Container connect(SiteName site, AzureStorage storage) {
    BlobServiceClient client = new AzureConnection(storage).client();
    // Of a name of its own: Camel keeps the client that it once knew by a name.
    String bean = "azureClient-" + site + "-" + clients.incrementAndGet();
    registry.bind(bean, client);
    return new Container(storage, bean, new AzureObjectStore(storage, client));
  }

  @Override
  public void forget(SiteName site) {
    retire(containers.remove(site));
  }

  private void retire(@Nullable Container before) {
    if (before != null) {
      // Nothing to close: Java's HTTP client ends with the last who knows it.
      retired.add(before.client(), () -> {});
    }
  }

  public String blobName(Container container, ObjectKey key) {
    return container.store().blobName(key);
  }

  public void put(SiteName site, ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    container(site).store().put(key, metadata, body);
  }

  /** As {@link LocalDoor#list}. */
  public List<?> list(SiteName site, String prefix, @Nullable Boolean namesOnly)
      throws IOException {
    AzureObjectStore store = container(site).store();
    return Boolean.TRUE.equals(namesOnly) ? store.keys(prefix) : store.list(prefix);
  }

  /** What the component got: the stream of a blob, and its properties as headers. */
  public ObjectContent content(
      Container container,
      ObjectKey key,
      InputStream body,
      @Nullable Map<String, String> metadata,
      long size) {
    return container.store().content(key, body, metadata, size);
  }

  /** Throws what the component failed with, sorted. */
  public void failed(Container container, String deed, ObjectKey key, Exception failure)
      throws IOException {
    throw container.store().failure(deed, key, failure);
  }

  /** The same for a deletion, for which an object that is not there is no failure. */
  public void notDeleted(Container container, ObjectKey key, Exception failure) throws IOException {
    if (failure instanceof BlobStorageException) {
      IOException sorted = container.store().failure("delete", key, failure);
      if (sorted instanceof ObjectMissingException) {
        return;
      }
      throw sorted;
    }
    failed(container, "delete", key, failure);
  }
}
