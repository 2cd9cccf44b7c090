// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.GoogleStorage;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.google.GoogleConnection;
import io.pghoard.repository.google.GoogleDeletion;
import io.pghoard.repository.google.GoogleObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;

/** The {@code google} branch of the four doors: the sites' buckets in Google Cloud Storage. */
public final class GoogleDoor implements SiteDoor {
  private final Sites sites;
  private final Registry registry;
  private final RetiredClients retired;
  private final Map<SiteName, Bucket> buckets = new HashMap<>();
  private int clients;

  public GoogleDoor(Sites sites, Registry registry, RetiredClients retired) {
    this.sites = sites;
    this.registry = registry;
    this.retired = retired;
  }

  /**
   * What the routes name of a site's bucket.
   *
   * @param client the bean of the site's client in Camel's registry
   */
  public record Bucket(
      GoogleStorage storage, String client, GoogleConnection connection, GoogleObjectStore store) {
    public String name() {
      return storage.bucket();
    }
  }

  /** The bucket of a site, with a client that is made when the first asks for it. */
  public synchronized Bucket bucket(SiteName site) throws IOException {
    if (!(sites.get(site).storage() instanceof GoogleStorage storage)) {
      throw new IllegalArgumentException("site %s has no storage at Google".formatted(site));
    }
    Bucket bucket = buckets.get(site);
    if (bucket == null || !bucket.storage().equals(storage)) {
      forget(site);
      GoogleConnection connection = GoogleConnection.open(storage);
      // Of a name of its own: Camel keeps the client that it once knew by a name.
      String bean = "googleClient-" + site + "-" + ++clients;
      registry.bind(bean, connection.client());
      bucket =
          new Bucket(storage, bean, connection, new GoogleObjectStore(storage, connection.api()));
      buckets.put(site, bucket);
    }
    return bucket;
  }

  @Override
  public synchronized void forget(SiteName site) {
    Bucket before = buckets.remove(site);
    if (before != null) {
      retired.add(before.client(), before.connection()::close);
    }
  }

  public String objectName(Bucket bucket, ObjectKey key) {
    return bucket.store().objectName(key);
  }

  /**
   * As {@link io.pghoard.repository.ObjectStore#put}.
   *
   * @param id the same when the put is repeated
   */
  public void put(
      SiteName site, ObjectKey key, Map<String, String> metadata, InputStream body, String id)
      throws IOException {
    bucket(site).store().put(key, metadata, CachedBody.of(body), id);
  }

  public ObjectContent get(SiteName site, ObjectKey key) throws IOException {
    return bucket(site).store().get(key);
  }

  /** As {@link LocalDoor#list}. */
  public List<?> list(SiteName site, String prefix, @Nullable Boolean namesOnly)
      throws IOException {
    GoogleObjectStore store = bucket(site).store();
    return Boolean.TRUE.equals(namesOnly) ? store.keys(prefix) : store.list(prefix);
  }

  public GoogleDeletion deletion(Bucket bucket) {
    return bucket.store().deletion();
  }

  /** The component's answer: whether the object was there. */
  public void deleted(GoogleDeletion deletion, boolean wasThere) {
    deletion.done(wasThere);
  }

  /** The component's failure. */
  public void notDeleted(GoogleDeletion deletion, ObjectKey key, Exception failure)
      throws IOException {
    deletion.failed(key, failure);
  }

  /** Tells what the bucket has kept. */
  public void deletionEnded(GoogleDeletion deletion) throws IOException {
    deletion.end();
  }
}
