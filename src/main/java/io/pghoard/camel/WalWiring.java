// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.alert.ServerAlerts;
import io.pghoard.archive.WalArchive;
import io.pghoard.archive.WalFetch;
import io.pghoard.camel.http.HttpWal;
import io.pghoard.host.SteadyClock;
import io.pghoard.receive.LeftWal;
import io.pghoard.receive.WalReceivers;
import io.pghoard.repository.SiteClusters;
import io.pghoard.server.ArchivingWatch;
import io.pghoard.server.ServerWatch;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.spi.Registry;

/** The beans of the routes that archive WAL and give it back. */
record WalWiring(Wiring wiring) {
  // Less than the commands' deadline of 60 s, so that their users read why and not only "no
  // answer".
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  void bind() {
    Registry registry = wiring.registry();
    Clock steady = new SteadyClock();
    WalArchive archive = new WalArchive(wiring.sites(), wiring.repositories(), PATIENCE, steady);
    registry.bind("walArchive", archive);
    registry.bind("walReadyFilter", new WalReadyFilter(wiring.sites(), archive));
    SiteClusters clusters = new SiteClusters(wiring.sites(), wiring.repositories(), steady);
    WalReceivers receivers =
        new WalReceivers(wiring.sites(), wiring.repositories(), wiring.clock(), System::nanoTime);
    registry.bind("walReceivers", receivers);
    registry.bind(
        "serverAlerts",
        new ServerAlerts(
            new ServerWatch(wiring.sites(), clusters),
            new ArchivingWatch(wiring.sites(), wiring.repositories(), wiring.clock()),
            receivers,
            steady));
    registry.bind("walReceivePolicy", new WalReceivePolicy(receivers));
    registry.bind("soleExec", new SoleExec());
    registry.bind("receivedWal", new ReceivedWal(wiring.sites(), wiring.repositories(), archive));
    registry.bind("leftWal", new LeftWal(wiring.sites()));
    registry.bind("walFetch", new WalFetch(wiring.sites(), wiring.repositories(), PATIENCE));
    registry.bind(
        "httpWal",
        new HttpWal(wiring.sites(), wiring.duration("pghoard.http.request-time").toMillis()));
  }
}
