// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.S3Storage;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.s3.PartMemory;
import io.pghoard.repository.s3.S3Connection;
import io.pghoard.repository.s3.S3Objects;
import io.pghoard.repository.s3.S3Put;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The {@code s3} branch of the four doors: what is around the component, and what it cannot do. It
 * makes each site's client when it is first asked for, and a new one when the site's storage has
 * changed.
 */
public final class S3Door implements SiteDoor {
  private static final Logger LOG = LoggerFactory.getLogger(S3Door.class);

  private final Sites sites;
  private final Registry registry;
  private final Clock clock;
  private final RetiredClients retired;
  private final PartMemory memory = PartMemory.ofThisProcess();
  private final Map<SiteName, S3Site> open = new HashMap<>();
  private int clients;

  public S3Door(Sites sites, Registry registry, Clock clock, RetiredClients retired) {
    this.sites = sites;
    this.registry = registry;
    this.clock = clock;
    this.retired = retired;
  }

  /**
   * What the endpoints of a site need to know.
   *
   * @param client the name of its client in the registry
   */
  public record S3Site(String bucket, String client, S3Storage storage, S3Objects objects) {
    @Override
    public String toString() {
      return client;
    }
  }

  public synchronized S3Site site(SiteName name) throws IOException {
    SiteConfig config = sites.get(name);
    if (!(config.storage() instanceof S3Storage storage)) {
      throw new IllegalArgumentException("site %s has no storage of type s3".formatted(name));
    }
    S3Site site = open.get(name);
    if (site == null || !site.storage().equals(storage)) {
      S3Client client = new S3Connection(storage).client();
      forget(name);
      // Of a name of its own: calls may be under way with the client before, and Camel keeps it.
      String bean = "s3Client-" + name + "-" + ++clients;
      registry.bind(bean, S3Client.class, client);
      site = new S3Site(storage.bucket(), bean, storage, new S3Objects(storage, client, memory));
      open.put(name, site);
    }
    return site;
  }

  @Override
  public synchronized void forget(SiteName name) {
    S3Site before = open.remove(name);
    if (before != null) {
      retired.add(before.client(), registry.lookupByNameAndType(before.client(), S3Client.class));
    }
  }

  /**
   * Prepares a put.
   *
   * @param id the same when the put is repeated
   */
  public S3Put prepare(
      S3Site site, ObjectKey key, Map<String, String> metadata, InputStream body, String id)
      throws IOException {
    return site.objects().prepare(new S3Put.Source(key, metadata, CachedBody.of(body), id));
  }

  public void putInParts(S3Site site, S3Put put) throws IOException {
    site.objects().putInParts(put);
  }

  public void putFailed(S3Site site, S3Put put, Exception failure) throws IOException {
    site.objects().putFailed(put, cause(failure));
  }

  public void done(S3Site site, S3Put put) {
    site.objects().done(put);
  }

  public GetObjectRequest get(S3Site site, ObjectKey key) {
    return site.objects().get(key);
  }

  public ObjectContent content(
      S3Site site, ObjectKey key, ResponseInputStream<GetObjectResponse> answer) {
    return site.objects().content(key, answer);
  }

  public void getFailed(S3Site site, ObjectKey key, Exception failure) throws IOException {
    throw site.objects().getFailed(key, cause(failure));
  }

  /**
   * The objects below a prefix.
   *
   * @param namesOnly true: their keys alone; a route that does not care leaves the variable unset
   */
  public List<?> list(SiteName name, String prefix, @Nullable Boolean namesOnly)
      throws IOException {
    S3Objects objects = site(name).objects();
    return Boolean.TRUE.equals(namesOnly) ? objects.keys(prefix) : objects.list(prefix);
  }

  public List<DeleteObjectsRequest> deletions(S3Site site, List<ObjectKey> keys) {
    return site.objects().deletions(keys);
  }

  public void deleted(S3Site site, DeleteObjectsResponse answer) throws IOException {
    site.objects().deleted(answer);
  }

  /** Deletes singly, where the store refuses to delete many objects in one request. */
  public void deleteFailed(S3Site site, List<ObjectKey> keys, Exception failure)
      throws IOException {
    site.objects().deleteFailed(keys, cause(failure));
  }

  /**
   * Aborts the uploads of a site that killed daemons left; of a site elsewhere there are none.
   *
   * @param age in milliseconds, from which on an upload is one of those
   */
  public void sweep(SiteName name, long age) throws IOException {
    SiteConfig config = sites.get(name);
    if (config.storage() instanceof S3Storage) {
      Instant before = Instant.now(clock).minus(Duration.ofMillis(age));
      List<ObjectKey> aborted = site(name).objects().sweep(config.prefix() + "/", before);
      aborted.forEach(key -> LOG.info("Site {}: aborted an unfinished upload of {}", name, key));
    }
  }

  /** What failed, without what Camel puts around it: an endpoint that did not start, a split. */
  private static Throwable cause(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (!cause.getClass().getName().startsWith("org.apache.camel.")) {
        return cause;
      }
    }
    return failure;
  }
}
