// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.MemoryObjectStore;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteClusters;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteClustersTest {
  private static final ClusterIdentity OLD = cluster(41);
  private static final ClusterIdentity NEW = cluster(42);
  private static final ObjectKey CLAIM = new ObjectKey("main/cluster/claim");

  private final SettableClock clock = new SettableClock();
  private MemoryObjectStore store = new MemoryObjectStore();
  private ArchivingSite site;

  @BeforeEach
  void configure(@TempDir Path directory) throws IOException {
    site = new ArchivingSite(directory);
  }

  private static ClusterIdentity cluster(long identifier) {
    return new ClusterIdentity(new SystemIdentifier(identifier), WalSegmentSize.DEFAULT);
  }

  private SiteClusters daemon() {
    return new SiteClusters(site.sites, any -> store, clock);
  }

  private static void require(SiteClusters daemon, ClusterIdentity cluster) throws IOException {
    daemon.require(ArchivingSite.NAME, cluster, "refused");
  }

  private static void refused(SiteClusters daemon, ClusterIdentity cluster) {
    assertThatThrownBy(() -> require(daemon, cluster)).isInstanceOf(ForeignClusterException.class);
  }

  // Both have found the repository empty, and neither has stored anything.
  @Test
  void ofTwoDaemonsThatBeginAtOnce_oneClaimsTheSite() throws IOException {
    SiteClusters second = daemon();
    second.check(ArchivingSite.NAME, NEW, "refused");
    require(daemon(), OLD);
    refused(second, NEW);
    require(second, OLD);
    assertThat(store.keys("main/")).containsExactly(CLAIM);
  }

  // The one that looks and the one that puts are two requests, and another daemon comes between.
  @Test
  void claimThatComesSecond_yields() throws IOException {
    MemoryObjectStore shared = store;
    SiteClusters late = new SiteClusters(site.sites, any -> claimedMeanwhile(shared), clock);
    refused(late, NEW);
    assertThat(shared.keys("main/")).containsExactly(CLAIM);
  }

  private ObjectStore claimedMeanwhile(MemoryObjectStore shared) {
    return new ObjectStore() {
      @Override
      public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
          throws IOException {
        require(daemon(), OLD);
        shared.put(key, metadata, body);
      }

      @Override
      public ObjectContent get(ObjectKey key) throws IOException {
        return shared.get(key);
      }

      @Override
      public List<StoredObject> list(String prefix) {
        return shared.list(prefix);
      }

      @Override
      public void delete(List<ObjectKey> keys) {
        shared.delete(keys);
      }
    };
  }

  @Test
  void emptyRepository_isNobodysByLooking() throws IOException {
    daemon().check(ArchivingSite.NAME, OLD, "refused");
    assertThat(store.keys("main/")).isEmpty();
  }

  @Test
  void otherCluster_isAdmittedOnceNothingOfTheFormerIsStored() throws IOException {
    SiteClusters daemon = daemon();
    require(daemon, OLD);
    refused(daemon, NEW);
    store.delete(CLAIM);
    clock.now = clock.now.plus(Duration.ofSeconds(6));
    require(daemon, NEW);
    refused(daemon, OLD);
  }

  @Test
  void whatIsKnown_isNotAskedForAgainAndAgain() throws IOException {
    SiteClusters daemon = daemon();
    require(daemon, OLD);
    store = new MemoryObjectStore();
    require(daemon, OLD);
    refused(daemon, NEW);
    assertThat(store.keys("main/")).isEmpty();
  }

  @Test
  void whatIsKnown_isAskedForAgainAfterAWhile() throws IOException {
    SiteClusters daemon = daemon();
    require(daemon, OLD);
    store = new MemoryObjectStore();
    require(daemon(), NEW);
    clock.now = clock.now.plus(Duration.ofMinutes(11));
    refused(daemon, OLD);
  }

  @Test
  void reload_thatGivesTheSiteANewPlace_letsTheNewClusterIn() throws IOException {
    SiteClusters daemon = daemon();
    require(daemon, OLD);
    refused(daemon, NEW);
    site.sites.replace(site.configWithPrefix("main-2"));
    require(daemon, NEW);
    site.sites.replace(site.configWithPrefix("main"));
    require(daemon, OLD);
    assertThat(store.keys("main"))
        .extracting(ObjectKey::text)
        .containsExactly("main-2/cluster/claim", "main/cluster/claim");
  }

  private static final class SettableClock extends Clock {
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
