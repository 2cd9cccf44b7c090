// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.backup.BaseBackups;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.host.HostName;
import io.pghoard.lease.BaseBackupLeases;
import io.pghoard.receive.WalReceivers;
import io.pghoard.restore.RecoveryWindows;
import io.pghoard.state.BaseBackupList;
import io.pghoard.state.Recovery;
import io.pghoard.state.SiteStatus;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.spi.Registry;

/** The beans of the routes that take base backups. */
record BaseBackupWiring(Wiring wiring) {
  void bind() {
    Registry registry = wiring.registry();
    String host = HostName.here();
    BaseBackupLeases leases =
        new BaseBackupLeases(
            wiring.sites(),
            wiring.repositories(),
            host,
            wiring.duration("pghoard.base-backup.lease-period"),
            wiring.duration("pghoard.base-backup.lease-age"),
            System::nanoTime);
    BaseBackups backups =
        new BaseBackups(wiring.sites(), wiring.repositories(), leases, host, wiring.clock());
    registry.bind("baseBackups", backups);
    BaseBackupSchedule schedule =
        new BaseBackupSchedule(
            wiring.sites(), backups, wiring.repositories(), wiring.clock(), this::walComes);
    registry.bind("baseBackupSchedule", schedule);
    RecoveryWindows windows = new RecoveryWindows(wiring.sites(), wiring.repositories());
    registry.bind("recovery", new Recovery(windows, schedule));
    registry.bind(
        "brokenHistory", new BrokenHistory(wiring.sites(), wiring.repositories(), schedule));
    BaseBackupList list = new BaseBackupList(wiring.sites(), wiring.repositories());
    registry.bind("baseBackupList", list);
    SiteStatus ofSite = new SiteStatus(backups, schedule, list);
    registry.bind("status", new Status(wiring.sites(), ofSite, registry, wiring.clock()));
    registry.bind("baseBackupSteps", new BaseBackupSteps());
    registry.bind("liveExec", new LiveExec());
    registry.bind("programBinding", new ProgramBinding());
    registry.bind("chunkOutcome", new ChunkOutcome());
    registry.bind("baseBackupThreads", threads());
  }

  private boolean walComes(SiteName name) {
    SiteConfig site = wiring.sites().config().sites().get(name);
    return site == null
        || !site.wal().received()
        || wiring.registry().lookupByNameAndType("walReceivers", WalReceivers.class).keeps(name);
  }

  /**
   * As many threads as there are chunks in progress; how many those are, each backup's ChunkCutter
   * sees to. Of a bounded pool, backups of several sites could take all threads to wait for chunks
   * that find no thread.
   */
  private static ExecutorService threads() {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, "base-backup");
          thread.setDaemon(true);
          return thread;
        });
  }
}
