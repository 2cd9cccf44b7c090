// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.PghoardConfig;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.host.SteadyClock;
import io.pghoard.postgres.KnownCluster;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.OwnerOnly;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteClusters;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredCluster;
import io.pghoard.server.NodeChoice;
import io.pghoard.server.ProgramSearch;
import io.pghoard.server.RunningProgram;
import io.pghoard.server.ServerFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs of pg_receivewal: one a site, started again after a pause when it has ended. */
public final class WalReceivers {
  private static final Logger LOG = LoggerFactory.getLogger(WalReceivers.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Sites sites;
  private final Repositories repositories;
  private final SiteClusters clusters;
  private final Clock clock;
  private final Clock steady;
  private final Map<SiteName, SiteReceiver> receivers = new ConcurrentHashMap<>();

  private final LongSupplier nanos;
  private final Map<SiteName, ReceivedProgress> progress = new ConcurrentHashMap<>();

  /**
   * Runs none yet.
   *
   * @param nanos a clock that only goes forward, of this machine
   */
  public WalReceivers(Sites sites, Repositories repositories, Clock clock, LongSupplier nanos) {
    this.sites = sites;
    this.repositories = repositories;
    this.steady = new SteadyClock(nanos);
    this.clusters = new SiteClusters(sites, repositories, steady);
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * What is to be started for a site now.
   *
   * @return null when it runs, or waits: for its next try, or for room on the disk
   */
  public @Nullable WalReceiver due(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    SiteReceiver receiver = receiver(name);
    ReceivePlaces places = ReceivePlaces.of(sites.config(), site);
    try {
      Files.createDirectories(places.incoming(), OwnerOnly.DIRECTORY);
      Files.createDirectories(places.own(), OwnerOnly.DIRECTORY);
      String shortage = receiver.freeSpace().shortage(site.wal(), places.incoming());
      if (shortage != null) {
        receiver.end(shortage);
        receiver.hold(shortage);
        return null;
      }
      LostWal lost = LostWal.noted(places);
      if (lost != null) {
        receiver.hold(lost.trouble());
        return null;
      }
      return receiver.runs() || receiver.waits() ? null : prepare(site, places);
    } catch (ForeignClusterException e) {
      receiver.failed(e.getMessage() + "; " + e.remedy());
      return null;
    } catch (IOException e) {
      receiver.failed(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Takes over what was started. */
  public void follow(WalReceiver started, RunningProgram program) throws IOException {
    SiteName name = started.site().name();
    if (!started.site().equals(sites.config().sites().get(name))) {
      // A reload came in between, and nobody would end it.
      program.end("the settings of its site have changed");
      program.close();
      return;
    }
    receiver(started.site().name()).follow(started, program);
  }

  /** Ends the receiving of a site, and returns when its program is gone. */
  public void stop(SiteName site) {
    SiteReceiver receiver = receivers.remove(site);
    progress.remove(site);
    if (receiver != null) {
      receiver.end("its site is being stopped");
    }
  }

  /** How the receiving of a site stands. */
  public ReceiverStatus status(SiteName site) {
    return receiver(site).status();
  }

  /** Whether WAL that a site's cluster writes from now on will come. */
  public boolean streams(SiteName site) {
    return receiver(site).streams();
  }

  /** Whether it will also be stored: its names may be taken, as the server was rolled back. */
  public boolean keeps(SiteName site) {
    try {
      return streams(site) && RolledBack.noted(places(site)) == null;
    } catch (IOException e) {
      LOG.warn("Site {}: no base backup is started: {}", site, e.getMessage());
      return false;
    }
  }

  /**
   * What keeps a site's WAL from being received since so long.
   *
   * @return null when it is received, or has been until just now
   */
  public @Nullable String trouble(SiteName site, long sinceMillis) {
    ReceiverStatus status = status(site);
    return receiver(site).isInTroubleFor(Duration.ofMillis(sinceMillis))
        ? "no WAL has been received since %s: %s".formatted(status.since(), status.trouble())
        : null;
  }

  /**
   * Looks whether a site's WAL still arrives while pg_receivewal runs. One that stands still is
   * ended, so that another one is started.
   *
   * @param newest what {@link #newest} said before the server was asked
   * @param flushed up to where the server has written WAL
   * @param patience for which nothing may arrive although the server has gone on
   * @return what happened and what to do, for people; null when nothing is wrong
   */
  public @Nullable String standsStill(SiteName site, String newest, Lsn flushed, Duration patience)
      throws IOException {
    SiteReceiver receiver = receiver(site);
    ReceiverStatus status = receiver.status();
    if (!status.running()) {
      // Which is told by another alert, unless it is started again just now.
      return null;
    }
    ReceivedProgress seen =
        progress.computeIfAbsent(site, name -> new ReceivedProgress(nanos, patience));
    Duration still = seen.still(newest, flushed);
    if (still == null) {
      return null;
    }
    String text =
        "pg_receivewal runs, but for %d minutes no WAL has arrived from %s, although the server has advanced from %s to %s"
            .formatted(still.toMinutes(), status.node(), seen.flushed(), flushed);
    if (seen.isToBeEnded()) {
      LOG.warn("Site {}: {}; restarting it", site, text);
      receiver.end("no WAL arrives");
    }
    return text
        + "\nit is restarted automatically; check pg_stat_replication on that node, the network, and the disk of "
        + places(site).incoming();
  }

  /** The newest file that was received and when it was last written; "" when there is none. */
  public String newest(SiteName site) throws IOException {
    ReceiveDirectory directory = ReceiveDirectory.of(places(site).incoming());
    WalFileName newest = directory.newest();
    if (newest == null) {
      return "";
    }
    try {
      return newest.text() + " " + Files.getLastModifiedTime(directory.file(newest));
    } catch (NoSuchFileException e) {
      // It was partial, and is whole now.
      return newest.text() + " is gone";
    }
  }

  private SiteReceiver receiver(SiteName site) {
    return receivers.computeIfAbsent(site, name -> new SiteReceiver(name.text(), clock, steady));
  }

  private @Nullable WalReceiver prepare(SiteConfig site, ReceivePlaces places) throws IOException {
    Path psql = ProgramSearch.psql(site);
    NodeChoice chosen = NodeChoice.of(site, psql, places.own().resolve("passfile"));
    note(site, places, chosen.server());
    LostWal abandoned = AbandonedWal.in(places, chosen, psql);
    LostWal lost =
        abandoned == null ? RolledBack.look(places, chosen.server(), repository(site)) : abandoned;
    if (lost != null) {
      lost.note(places);
      return null;
    }
    String slot = site.wal().slots().get(chosen.node());
    Path program = ProgramSearch.receiveWal(site, chosen.server().major());
    boolean fromSlot = slot != null && ReceiveDirectory.of(places.incoming()).newest() == null;
    WalReceiver receiver = new WalReceiver(site, chosen.shown(), slot, fromSlot, program, places);
    if (slot != null) {
      if (receiver(site.name()).isSlotBehind(receiver)
          || ServerFacts.isSlotLost(psql, chosen.shown(), slot)) {
        RunningProgram.output(receiver.program(), receiver.slotArguments("--drop-slot"), LIMIT);
      }
      RunningProgram.output(
          receiver.program(), receiver.slotArguments("--create-slot", "--if-not-exists"), LIMIT);
    }
    return receiver;
  }

  private HistoryBreaks repository(SiteConfig site) {
    return new HistoryBreaks(repositories.of(site.name()), new SiteKeys(site.prefix()));
  }

  /** Notes what the WAL to come is checked by, and refuses that of another cluster. */
  private void note(SiteConfig site, ReceivePlaces places, ServerFacts server) throws IOException {
    KnownCluster now =
        new KnownCluster(
            server.systemIdentifier(), server.versionNumber(), server.walSegmentSize());
    String what = "no WAL is received from the server";
    clusters.require(site.name(), server.identity(), what);
    Optional<KnownCluster> before = KnownCluster.read(places.cluster());
    if (before.isPresent()) {
      // What lies in the directory may not have reached the repository yet.
      KnownCluster noted = before.get();
      new StoredCluster(noted.systemIdentifier(), noted.segmentSize(), places.cluster().toString())
          .require(server.identity(), what, new SiteKeys(site.prefix()));
    }
    if (!before.equals(Optional.of(now))) {
      now.write(places.cluster());
    }
  }

  /** Where the received WAL of a site lies. */
  public ReceivePlaces places(SiteName site) throws IOException {
    PghoardConfig config = sites.config();
    return ReceivePlaces.of(config, sites.get(site));
  }
}
