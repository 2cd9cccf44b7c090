// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.CompressionConfig;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks at a file that is handed over for one site, and notes what is to be kept beside it. */
final class WalGate {
  private final PghoardConfig config;
  private final SiteConfig site;
  private final ObjectStore store;
  private final DataDirectory cluster;

  WalGate(PghoardConfig config, SiteConfig site, ObjectStore store) {
    this.config = config;
    this.site = site;
    this.store = store;
    this.cluster = new DataDirectory(site.dataDirectory());
  }

  /**
   * Checks a file, and returns its facts as an object's metadata.
   *
   * @throws WalRefusedException when it is not what its name says
   */
  Map<String, String> facts(WalFileName name, WalSource source) throws IOException {
    WalAcceptance acceptance = new WalAcceptance(name, this::history);
    Optional<WalPageHeader> header =
        acceptance.check(source.start(acceptance.wanted()), source.size());
    Map<String, String> facts = new TreeMap<>();
    CompressionConfig compression = config.compression();
    facts.put("compression-algorithm", compression.algorithm().name().toLowerCase(Locale.ROOT));
    facts.put("compression-level", String.valueOf(compression.level()));
    facts.put("original-file-size", String.valueOf(source.size()));
    facts.put("host", host());
    // A file that a client sent comes from a cluster that need not be on this machine.
    if (Files.exists(cluster.path().resolve("PG_VERSION"))) {
      facts.put("pg-version", String.valueOf(cluster.majorVersion().number()));
      if (header.isPresent()) {
        acceptance.checkCluster(header.get(), cluster.majorVersion(), cluster.systemIdentifier());
      }
    }
    header.ifPresent(page -> facts.put("system-identifier", page.systemIdentifier().toString()));
    return facts;
  }

  private Optional<TimelineHistory> history(int timeline) throws IOException {
    String name = "%08X.history".formatted(timeline);
    Path local = cluster.wal().resolve(name);
    try {
      String text = Files.exists(local) ? Files.readString(local) : stored(name);
      return Optional.of(TimelineHistory.parse(timeline, text));
    } catch (ObjectMissingException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException("cannot read the timeline history file " + name, e);
    }
  }

  private String stored(String name) throws IOException {
    ObjectContent object = store.get(new SiteKeys(site.prefix()).wal(WalFileName.parse(name)));
    try (ObjectContent plain = PlainObject.of(object)) {
      return new String(plain.stream().readNBytes(WalAcceptance.LONGEST_TEXT), UTF_8);
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
