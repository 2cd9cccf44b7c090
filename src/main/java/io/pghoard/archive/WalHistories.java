// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.archive.WalRefusedException.Reason;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import io.pghoard.config.StorageConfig;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that no file of a timeline is stored before the timeline's history: PostgreSQL hands
 * that over only when it archives at the moment of the promotion.
 */
final class WalHistories {
  /** Somebody may empty the repository. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Sites sites;
  private final Repositories repositories;
  private final WalMemory memory;
  private final Clock clock;
  private final Map<Stored, Instant> stored = new ConcurrentHashMap<>();

  private record Stored(ObjectKey history, StorageConfig storage) {}

  WalHistories(Sites sites, Repositories repositories, WalMemory memory, Clock clock) {
    this.sites = sites;
    this.repositories = repositories;
    this.memory = memory;
    this.clock = clock;
  }

  /**
   * The history file that is to be stored before this file is, null when there is none to store.
   *
   * @throws WalRefusedException when it is needed and is nowhere
   */
  @Nullable WalHistoryFile before(WalOffer offer) throws IOException {
    if (offer.stored() || offer.name().kind() == Kind.HISTORY) {
      return null;
    }
    int timeline = offer.name().segment().timeline();
    if (timeline == 1) {
      return null;
    }
    SiteConfig site = sites.get(offer.site());
    WalFileName name = WalFileName.parse("%08X.history".formatted(timeline));
    ObjectKey key = new SiteKeys(site.prefix()).wal(name);
    Stored history = new Stored(key, site.storage());
    Instant now = clock.instant();
    Instant known = stored.get(history);
    if (known != null && now.isBefore(known.plus(REMEMBERED))) {
      return null;
    }
    List<Path> directories = directories(site);
    Optional<Path> here = in(directories, name);
    if (here.isPresent()
        && !memory.isStored(new WalOffer.Name(site.name(), name), WalSource.of(here.get()))) {
      // Stored or not: when another one is, this server is on another timeline of the same number.
      return new WalHistoryFile(name, here.get());
    }
    if (here.isEmpty() && !repositories.of(site.name()).keys(key.text()).contains(key)) {
      throw new WalRefusedException(
          Reason.NO_HISTORY,
          "refused %s: %s, the history of its timeline, is neither stored nor in %s"
              .formatted(offer.name(), name, directories));
    }
    stored.put(history, now);
    return null;
  }

  private List<Path> directories(SiteConfig site) throws IOException {
    List<Path> directories = new ArrayList<>();
    if (site.wal().received()) {
      directories.add(ReceivePlaces.of(sites.config(), site).incoming());
    }
    Path data = site.dataDirectory();
    if (data != null) {
      directories.add(new DataDirectory(data).wal());
    }
    return directories;
  }

  private static Optional<Path> in(List<Path> directories, WalFileName name) {
    return directories.stream()
        .map(directory -> directory.resolve(name.text()))
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
