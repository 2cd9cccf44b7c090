// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.config.CompressionConfig;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.postgres.KnownCluster;
import io.pghoard.postgres.MajorVersion;
import io.pghoard.postgres.PostgresText;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.repository.Encoding;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PlainObject;
import io.pghoard.repository.SiteClusters;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks at a file that is handed over for one site, and notes what is to be kept beside it. */
final class WalGate {
  private final PghoardConfig config;
  private final SiteConfig site;
  private final ObjectStore store;
  private final ReceivePlaces received;
  private final SiteClusters clusters;

  WalGate(PghoardConfig config, SiteConfig site, ObjectStore store, SiteClusters clusters) {
    this.clusters = clusters;
    this.config = config;
    this.site = site;
    this.store = store;
    this.received = ReceivePlaces.of(config, site);
  }

  /**
   * Checks a file, and returns its facts as an object's metadata.
   *
   * @throws WalRefusedException when it is not what its name says
   * @throws ForeignClusterException when it is of another cluster than what is stored
   */
  Map<String, String> facts(WalFileName name, WalSource source) throws IOException {
    WalAcceptance acceptance = new WalAcceptance(name, this::history);
    Optional<WalPageHeader> header =
        acceptance.check(source.start(acceptance.wanted()), source.size());
    Map<String, String> facts = new TreeMap<>();
    CompressionConfig compression = config.compression();
    facts.put(Encoding.COMPRESSION, compression.algorithm().text());
    facts.put("compression-level", String.valueOf(compression.level()));
    facts.put(Encoding.PLAIN_SIZE, String.valueOf(source.size()));
    facts.put("host", host());
    Optional<Cluster> cluster = cluster();
    if (cluster.isPresent()) {
      facts.put("pg-version", String.valueOf(cluster.get().versionNumber()));
      if (header.isPresent()) {
        MajorVersion version = cluster.get().majorVersion();
        acceptance.checkCluster(header.get(), version, cluster.get().identifier());
      }
    }
    header.ifPresent(page -> facts.put("system-identifier", page.systemIdentifier().toString()));
    Optional<ClusterIdentity> writer =
        header
            .map(page -> new ClusterIdentity(page.systemIdentifier(), page.segmentSize()))
            .or(() -> cluster.map(here -> new ClusterIdentity(here.identifier(), null)));
    if (writer.isPresent()) {
      clusters.require(site.name(), writer.get(), "refused " + name);
    }
    return facts;
  }

  /** What files of a site must have been written by. */
  private record Cluster(
      int versionNumber, MajorVersion majorVersion, SystemIdentifier identifier) {}

  /** A file that a client sent comes from a cluster that need not be on this machine. */
  private Optional<Cluster> cluster() throws IOException {
    Optional<KnownCluster> said =
        site.wal().received() ? KnownCluster.read(received.cluster()) : Optional.empty();
    Path data = site.dataDirectory();
    if (said.isPresent() || data == null || !Files.exists(data.resolve("PG_VERSION"))) {
      return said.map(
          all -> new Cluster(all.versionNumber(), all.majorVersion(), all.systemIdentifier()));
    }
    DataDirectory local = new DataDirectory(data);
    MajorVersion version = local.majorVersion();
    return Optional.of(new Cluster(version.number(), version, local.systemIdentifier()));
  }

  private Optional<Path> localHistory(String name) {
    List<Path> directories = new ArrayList<>();
    if (site.wal().received()) {
      directories.add(received.incoming());
    }
    Path data = site.dataDirectory();
    if (data != null) {
      directories.add(new DataDirectory(data).wal());
    }
    return directories.stream()
        .map(directory -> directory.resolve(name))
        .filter(Files::exists)
        .findFirst();
  }

  private Optional<TimelineHistory> history(int timeline) throws IOException {
    String name = "%08X.history".formatted(timeline);
    Optional<Path> local = localHistory(name);
    try {
      String text = local.isPresent() ? PostgresText.read(local.get()) : stored(name);
      return Optional.of(TimelineHistory.parse(timeline, text));
    } catch (ObjectMissingException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException("cannot read the timeline history file " + name, e);
    }
  }

  private String stored(String name) throws IOException {
    ObjectKey key = new SiteKeys(site.prefix()).wal(WalFileName.parse(name));
    try (ObjectContent plain = PlainObject.get(store, key)) {
      return PostgresText.of(plain.stream().readNBytes(WalAcceptance.LONGEST_TEXT));
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // A machine that cannot resolve its own name still archives; the name is for people only.
      return "localhost";
    }
  }
}
