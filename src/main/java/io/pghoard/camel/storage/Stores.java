// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SftpStorage;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.StorageConfig;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectListing;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.s3.S3Objects;
import io.pghoard.repository.sftp.SftpObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores of the sites, for the storage routes: each is opened when it is first asked for,
 * replaced when its configuration has changed, and closed when the last call that may use it is
 * over.
 */
public final class Stores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

  private final Sites sites;
  private final Clock clock;
  private final LocalRepositories local = new LocalRepositories();
  private final StoreOpener opener;
  private final RetiredStores retired;

  /** Held while a store is found in another place, or leaves its last one. */
  private final Object sharing = new Object();

  private final Map<SiteName, Place> places = new ConcurrentHashMap<>();

  public Stores(Sites sites, CamelContext context, Clock clock) {
    this.sites = sites;
    this.clock = clock;
    this.opener = new StoreOpener(context, local);
    this.retired = new RetiredStores(context);
  }

  /** The store of one site; opening it may take a while, which is for that site to wait. */
  private final class Place {
    private volatile @Nullable OpenStore open;

    synchronized OpenStore of(SiteName site, StorageConfig config) throws IOException {
      OpenStore before = open;
      if (before != null && before.config().equals(config)) {
        return before;
      }
      // A store on an SFTP server connects later: nobody waits here for long.
      OpenStore own = config instanceof SftpStorage ? null : opener.open(site, config);
      synchronized (sharing) {
        OpenStore next = own == null ? shared(config) : own;
        if (next == null) {
          next = opener.open(site, config);
        }
        open = next;
        retire(before);
        return next;
      }
    }

    synchronized void forget(@Nullable StorageConfig now) {
      OpenStore before = open;
      if (before == null || before.config().equals(now)) {
        return;
      }
      synchronized (sharing) {
        open = null;
        retire(before);
      }
    }
  }

  /** Sites in the same place on an SFTP server share its connections. */
  private @Nullable OpenStore shared(StorageConfig config) {
    return config instanceof SftpStorage
        ? places.values().stream()
            .map(place -> place.open)
            .filter(open -> open != null && open.config().equals(config))
            .findFirst()
            .orElse(null)
        : null;
  }

  private void retire(@Nullable OpenStore before) {
    if (before != null && places.values().stream().noneMatch(place -> before.equals(place.open))) {
      retired.add(before);
    }
  }

  /** Makes what a configuration needs on local disk, before it comes into force. */
  public void prepare(PghoardConfig config) throws IOException {
    local.create(config);
  }

  /**
   * Lets go of a site's store, unless it is the one of its storage as it is now: what a store knows
   * of the puts that are under way keeps two of them from one key.
   *
   * @param now the site's storage; null when there is no such site any more
   */
  public void forget(SiteName site, @Nullable StorageConfig now) {
    Place place = places.get(site);
    if (place != null) {
      place.forget(now);
    }
  }

  /** Closes the stores that were replaced and that nobody uses any more. */
  public void closeUnused() {
    retired.closeUnused();
  }

  /** How many replaced stores wait to be closed. */
  int retired() {
    return retired.size();
  }

  /** Ends the connections. */
  @Override
  public void close() {
    places.keySet().forEach(site -> forget(site, null));
    retired.closeAll();
  }

  /** The site's storage type as pghoard.json writes it: {@code local}. */
  public String type(SiteName site) throws IOException {
    return sites.get(site).storage().type().text();
  }

  /** The site's store. */
  public OpenStore of(SiteName site) throws IOException {
    StorageConfig config = sites.get(site).storage();
    return places.computeIfAbsent(site, name -> new Place()).of(site, config);
  }

  public void put(SiteName site, ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    of(site).as(ObjectStore.class).put(key, metadata, body);
  }

  public ObjectContent get(SiteName site, ObjectKey key) throws IOException {
    return of(site).as(ObjectStore.class).get(key);
  }

  /**
   * The objects below a prefix.
   *
   * @param namesOnly true: their keys alone; a route that does not care leaves the variable unset
   */
  public List<?> list(SiteName site, String prefix, @Nullable Boolean namesOnly)
      throws IOException {
    ObjectListing listing = of(site).as(ObjectListing.class);
    return Boolean.TRUE.equals(namesOnly) ? listing.keys(prefix) : listing.list(prefix);
  }

  public void delete(SiteName site, List<ObjectKey> keys) throws IOException {
    of(site).as(ObjectStore.class).delete(keys);
  }

  /**
   * Ends the uploads that killed daemons left in a site's store.
   *
   * @param age in milliseconds, from which on an upload is one of those
   */
  public void sweep(SiteName name, long age) throws IOException {
    SiteConfig site = sites.get(name);
    String prefix = site.prefix() + "/";
    Duration left = Duration.ofMillis(age);
    List<?> ended =
        switch (site.storage().type()) {
          case S3 -> of(name).as(S3Objects.class).sweep(prefix, Instant.now(clock).minus(left));
          case SFTP -> of(name).as(SftpObjectStore.class).sweep(prefix, left);
          // They leave none, or remove them by themselves.
          case LOCAL, AZURE, GOOGLE, ROUTED, DAEMON -> List.of();
        };
    ended.forEach(each -> LOG.info("Site {}: removed the unfinished upload of {}", name, each));
  }
}
