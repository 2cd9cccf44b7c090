// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.PghoardConfig;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.KnownCluster;
import io.pghoard.repository.OwnerOnly;
import io.pghoard.server.NodeChoice;
import io.pghoard.server.ProgramSearch;
import io.pghoard.server.RunningProgram;
import io.pghoard.server.ServerFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The runs of pg_receivewal: one a site, started again after a pause when it has ended. */
public final class WalReceivers {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Sites sites;
  private final Clock clock;
  private final Map<SiteName, SiteReceiver> receivers = new ConcurrentHashMap<>();

  public WalReceivers(Sites sites, Clock clock) {
    this.sites = sites;
    this.clock = clock;
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

  /**
   * What keeps a site's WAL from being received since so long.
   *
   * @return null when it is received, or has been until just now
   */
  public @Nullable String trouble(SiteName site, long sinceMillis) {
    ReceiverStatus status = status(site);
    Instant since = status.since();
    return since == null || clock.instant().isBefore(since.plusMillis(sinceMillis))
        ? null
        : "no WAL is received since %s: %s".formatted(since, status.trouble());
  }

  private SiteReceiver receiver(SiteName site) {
    return receivers.computeIfAbsent(site, name -> new SiteReceiver(name.text(), clock));
  }

  private @Nullable WalReceiver prepare(SiteConfig site, ReceivePlaces places) throws IOException {
    Path psql = ProgramSearch.psql(site);
    NodeChoice chosen = NodeChoice.of(site, psql, places.own().resolve("passfile"));
    note(site, places, chosen.server());
    LostWal abandoned = AbandonedWal.in(places, chosen, psql);
    if (abandoned != null) {
      abandoned.note(places);
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

  /** Notes what the WAL to come is checked by, and refuses that of another cluster. */
  private static void note(SiteConfig site, ReceivePlaces places, ServerFacts server)
      throws IOException {
    KnownCluster now =
        new KnownCluster(
            server.systemIdentifier(), server.versionNumber(), server.walSegmentSize());
    Optional<KnownCluster> before = KnownCluster.read(places.cluster());
    if (before.isPresent() && !before.get().systemIdentifier().equals(now.systemIdentifier())) {
      throw new IOException(
          "the server's cluster has the system identifier %s, and the WAL in %s is of %s: after an upgrade, give the new cluster a site of its own; else correct the nodes of site %s"
              .formatted(
                  now.systemIdentifier(),
                  places.incoming(),
                  before.get().systemIdentifier(),
                  site.name()));
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
