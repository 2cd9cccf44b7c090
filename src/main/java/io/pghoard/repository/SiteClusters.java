// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.StorageConfig;
import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.WalSegmentSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Refuses clusters that are not the site's. What is stored is asked once, and remembered for a
 * while: it cannot change while objects stay, but an operator may delete them.
 */
public final class SiteClusters {
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  /** So that a refused archiver, which tries again and again, does not cost requests each time. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  private final Sites sites;
  private final Repositories repositories;
  private final Clock clock;
  private final Map<Place, Known> known = new ConcurrentHashMap<>();

  /** What a reload may change, and with it what is stored. */
  private record Place(SiteName site, String prefix, StorageConfig storage) {}

  /** What was found when a place was last looked at. */
  private static final class Known {
    private @Nullable StoredCluster stored;
    private Instant since = Instant.MIN;
  }

  public SiteClusters(Sites sites, Repositories repositories, Clock clock) {
    this.sites = sites;
    this.repositories = repositories;
    this.clock = clock;
  }

  /**
   * Refuses another cluster than the site's, before something of it is stored. When nothing is
   * stored yet, the site is this cluster's from now on: of two daemons that begin at once, one
   * claims it.
   *
   * @param what begins the message, such as "refused 000000010000000000000001"
   * @throws ForeignClusterException when it is another one
   */
  public void require(SiteName site, ClusterIdentity cluster, String what) throws IOException {
    check(site, cluster, what, true);
  }

  /** The same, and leaves a site whose repository is empty to whoever stores something. */
  public void check(SiteName site, ClusterIdentity cluster, String what) throws IOException {
    check(site, cluster, what, false);
  }

  private void check(SiteName name, ClusterIdentity cluster, String what, boolean claims)
      throws IOException {
    SiteConfig site = sites.get(name);
    SiteKeys keys = new SiteKeys(site.prefix());
    Known place =
        known.computeIfAbsent(new Place(name, site.prefix(), site.storage()), any -> new Known());
    synchronized (place) {
      Instant now = clock.instant();
      StoredCluster stored = place.stored;
      boolean old = stored == null || now.isAfter(place.since.plus(REMEMBERED));
      boolean doubtful =
          stored != null
              && (stored.systemIdentifier() == null
                  || (!stored.admits(cluster) && now.isAfter(place.since.plus(BETWEEN_LOOKS))));
      if (stored == null || old || doubtful) {
        stored = StoredCluster.read(repositories.of(name), keys);
        place.stored = stored;
        place.since = now;
      }
      stored.require(cluster, what, keys);
      if (claims && stored.systemIdentifier() == null) {
        place.stored = claim(repositories.of(name), keys, cluster);
        place.stored.require(cluster, what, keys);
      }
    }
  }

  /** One put on condition decides between two daemons. */
  private static StoredCluster claim(ObjectStore store, SiteKeys keys, ClusterIdentity cluster)
      throws IOException {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("system-identifier", cluster.systemIdentifier().toString());
    WalSegmentSize size = cluster.segmentSize();
    if (size != null) {
      metadata.put("wal-segment-size", String.valueOf(size.bytes()));
    }
    String line = "The objects beside this one are of the cluster " + cluster.systemIdentifier();
    try {
      store.put(
          keys.clusterClaim(), metadata, new ByteArrayInputStream((line + "\n").getBytes(UTF_8)));
    } catch (ObjectExistsException e) {
      return StoredCluster.read(store, keys);
    }
    return new StoredCluster(cluster.systemIdentifier(), size, keys.clusterClaim().text());
  }
}
