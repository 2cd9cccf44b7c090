// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pghoard.archive.WalOffer.Name;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectSource;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteClusters;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into the archive: decides for each file whether it may enter and whether it is there.
 *
 * <p>A file is opened, stored unless {@link WalOffer#stored()}, reported by {@link #stored}, and
 * closed in any case. One name of one site is open once at a time; who comes second waits.
 */
public final class WalArchive {
  private static final Logger LOG = LoggerFactory.getLogger(WalArchive.class);

  /** How long the look-ahead leaves a file alone that could not be stored. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Sites sites;
  private final Repositories repositories;
  private final Duration patience;
  private final WalMemory memory;
  private final KnownSegments segments = new KnownSegments();
  private final SiteClusters clusters;
  private final WalHistories histories;
  private final Map<Name, CompletableFuture<Void>> open = new ConcurrentHashMap<>();

  /**
   * An archive with nothing remembered.
   *
   * @param patience how long a second caller waits for the first one of the same name
   */
  public WalArchive(Sites sites, Repositories repositories, Duration patience, Clock clock) {
    this.sites = sites;
    this.repositories = repositories;
    this.patience = patience;
    this.memory = new WalMemory(clock);
    this.clusters = new SiteClusters(sites, repositories, clock);
    this.histories = new WalHistories(sites, repositories, memory, clock);
  }

  /**
   * Opens a file of the WAL directory of the site's cluster.
   *
   * @throws WalRefusedException when the file is not what its name says
   * @throws IOException when it could not be found out
   */
  public WalOffer open(SiteName site, WalFileName name) throws IOException {
    return open(site, name, null);
  }

  /**
   * Opens a file that lies elsewhere than in the WAL directory of the site's cluster: that was
   * received, or that a client sent.
   *
   * @param elsewhere null when it does not
   */
  public WalOffer open(SiteName site, WalFileName name, @Nullable Path elsewhere)
      throws IOException {
    Path file = elsewhere == null ? wal(site).resolve(name.text()) : elsewhere;
    Name offered = new Name(site, name);
    CompletableFuture<Void> turn = claim(offered);
    try {
      WalOffer offer = accept(offered, turn, WalSource.of(file));
      if (elsewhere == null) {
        new FinishedWal(wal(site)).require(name);
      }
      recall(offer);
      return offer;
    } catch (IOException | RuntimeException e) {
      forgetFor(PAUSE, offered, file);
      release(offered, turn);
      throw e;
    }
  }

  /**
   * Refuses a file of the site's data directory when another server asks for its own one of that
   * name.
   *
   * @param identity as {@link AskedFile#identity}; null where the client does not tell
   * @param sha256 as {@link AskedFile#sha256}, or null
   */
  public void requireSame(
      SiteName site, WalFileName name, @Nullable String identity, @Nullable String sha256)
      throws IOException {
    if (identity != null) {
      new AskedFile(identity, sha256).requireSame(name, wal(site).resolve(name.text()));
    }
  }

  /**
   * Looks whether a segment continues what is stored before it, once it was read and before it is
   * stored. One that does not is marked.
   */
  void join(WalOffer offer) throws IOException {
    WalContinuity.check(offer, repositories.of(offer.site()), segments);
  }

  /** The object to store for an offered file. */
  public ObjectSource object(WalOffer offer) {
    return new WalObject(offer, this);
  }

  private Path wal(SiteName site) throws IOException {
    return new DataDirectory(sites.get(site).localDataDirectory()).wal();
  }

  /**
   * The history file that is to be archived before an offered file is stored, as that is of a later
   * timeline; null when there is none to archive.
   *
   * @throws WalRefusedException when the history is needed and is nowhere
   */
  public @Nullable WalHistoryFile historyFirst(WalOffer offer) throws IOException {
    return histories.before(offer);
  }

  /** Tells that the offered file is durable in the repository now. */
  public void stored(WalOffer offer) throws IOException {
    settle(offer);
    LOG.info(
        "Site {}: archived {}, {} bytes in {} ms",
        offer.site(),
        offer.name(),
        offer.size(),
        offer.age());
  }

  private void settle(WalOffer offer) throws IOException {
    WalContinuity.stored(offer, repositories.of(offer.site()), segments);
    memory.stored(offer.offered(), offer.source());
    offer.markStored();
  }

  /**
   * Compares a file with the object that the store has under its name already.
   *
   * @throws WalConflictException when they differ
   */
  public void compare(WalOffer offer) throws IOException {
    try (ObjectContent stored = repositories.of(offer.site()).get(offer.key())) {
      new WalComparison(offer).with(stored);
      settle(offer);
      LOG.info(
          "Site {}: {} is already archived with the same content; {} bytes compared in {} ms",
          offer.site(),
          offer.name(),
          offer.size(),
          offer.age());
    } catch (WalConflictException e) {
      WalContinuity.conflicts(offer, repositories.of(offer.site()), segments);
      offer.markConflict();
      if (offer.name().kind() != Kind.HISTORY) {
        throw e;
      }
      SiteKeys keys = new SiteKeys(sites.get(offer.site()).prefix());
      throw new HistoryConflict(repositories.of(offer.site()), keys).of(offer);
    } catch (ObjectMissingException e) {
      throw new IOException(offer.key() + " came and went while it was stored", e);
    }
  }

  /** Lets the next one open this name. Closing twice is no error. */
  public void close(WalOffer offer) {
    if (!offer.stored()) {
      WalContinuity.failed(offer, repositories.of(offer.site()), segments);
      memory.failed(offer.offered(), offer.source(), PAUSE, offer.conflicts());
    }
    release(offer.offered(), offer.turn());
  }

  /**
   * True when the look-ahead should store a file of the WAL directory now: it is there, it is not
   * stored for all that this process knows, it is not being stored, and it was not refused.
   */
  public boolean wanted(SiteName site, WalFileName name) throws IOException {
    Path data = sites.get(site).dataDirectory();
    return data != null && wanted(site, name, new DataDirectory(data).wal().resolve(name.text()));
  }

  /** The same of a file that lies elsewhere. */
  public boolean wanted(SiteName site, WalFileName name, Path file) throws IOException {
    Name offered = new Name(site, name);
    if (open.containsKey(offered)) {
      return false;
    }
    try {
      return !memory.isSettled(offered, WalSource.of(file));
    } catch (WalRefusedException e) {
      // Not there, or a link: archive_command says so, if PostgreSQL asks for it.
      return false;
    }
  }

  /** True when this process has stored exactly this file, or found it stored. */
  public boolean isStored(SiteName site, WalFileName name, Path file) throws IOException {
    try {
      return memory.isStored(new Name(site, name), WalSource.of(file));
    } catch (WalRefusedException e) {
      // It is gone, or no file: nobody stored it.
      return false;
    }
  }

  /** True when this process has found another file stored under the name of exactly this one. */
  public boolean isConflict(SiteName site, WalFileName name, Path file) throws IOException {
    try {
      return memory.isConflict(new Name(site, name), WalSource.of(file));
    } catch (WalRefusedException e) {
      return false;
    }
  }

  private CompletableFuture<Void> claim(Name name) throws IOException {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    long end = System.nanoTime() + patience.toNanos();
    for (CompletableFuture<Void> other = open.putIfAbsent(name, mine);
        other != null;
        other = open.putIfAbsent(name, mine)) {
      try {
        other.get(end - System.nanoTime(), NANOSECONDS);
      } catch (TimeoutException e) {
        throw new IOException(
            "storing %s has taken more than %d s; check the repository of site %s"
                .formatted(name.file(), patience.toSeconds(), name.site()),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("stopped while " + name.file() + " was being stored");
      } catch (ExecutionException e) {
        throw new IllegalStateException("a turn is only ever completed with null", e);
      }
    }
    return mine;
  }

  private void release(Name name, CompletableFuture<Void> turn) {
    open.remove(name, turn);
    turn.complete(null);
  }

  private void forgetFor(Duration pause, Name name, Path file) {
    try {
      memory.failed(name, WalSource.of(file), pause, false);
    } catch (IOException e) {
      // The file is gone or unreadable: the look-ahead will not see it either.
      return;
    }
  }

  private WalOffer accept(Name name, CompletableFuture<Void> turn, WalSource source)
      throws IOException {
    PghoardConfig config = sites.config();
    SiteConfig site = sites.get(name.site());
    ObjectKey key = new SiteKeys(site.prefix()).wal(name.file());
    WalGate gate = new WalGate(config, site, repositories.of(site.name()), clusters);
    Map<String, String> facts = gate.facts(name.file(), source);
    WalContent content = new WalContent(source, facts, config.hashAlgorithm());
    WalOffer offer = new WalOffer(name, turn, key, content);
    SiteKeys keys = new SiteKeys(site.prefix());
    return new SpareName(repositories.of(site.name()), keys, config.hashAlgorithm()).of(offer);
  }

  /**
   * Notes that the file is stored if this process did it. An object of anybody else's may not be
   * durable yet, however well it reads: the store's own put sees to that before it says that the
   * object exists.
   */
  private void recall(WalOffer offer) throws IOException {
    if (!memory.isStored(offer.offered(), offer.source())) {
      return;
    }
    try {
      repositories.of(offer.site()).get(offer.key()).close();
      offer.markStored();
    } catch (ObjectMissingException e) {
      // It was deleted since: the offer stands.
      return;
    }
  }
}
