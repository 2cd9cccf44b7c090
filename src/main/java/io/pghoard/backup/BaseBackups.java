// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.backup.BaseBackupStatus.Ended;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.host.SteadyClock;
import io.pghoard.lease.BaseBackupElsewhereException;
import io.pghoard.lease.BaseBackupLeases;
import io.pghoard.repository.ObjectSource;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteClusters;
import io.pghoard.repository.SiteKeys;
import io.pghoard.server.WorkDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The base backups that this service takes: one a site at a time. */
public final class BaseBackups {
  private static final Logger LOG = LoggerFactory.getLogger(BaseBackups.class);

  private final Sites sites;
  private final Repositories repositories;
  private final BaseBackupLeases leases;
  private final String host;
  private final Clock clock;
  private final BaseBackupNames names;
  private final BaseBackupPlanner planner;
  private final Map<SiteName, BaseBackupRun> running = new HashMap<>();
  private final Map<SiteName, Ended> last = new HashMap<>();
  private final Map<SiteName, Integer> failures = new HashMap<>();
  private final Map<SiteName, String> beginning = new HashMap<>();
  private boolean stopping;

  /**
   * Takes none yet.
   *
   * @param host this machine's name, kept in the metadata of all that is stored
   */
  public BaseBackups(
      Sites sites, Repositories repositories, BaseBackupLeases leases, String host, Clock clock) {
    this.sites = sites;
    this.repositories = repositories;
    this.leases = leases;
    this.host = host;
    this.clock = clock;
    this.names = new BaseBackupNames();
    this.planner =
        new BaseBackupPlanner(
            sites, new SiteClusters(sites, repositories, new SteadyClock()), host);
  }

  /**
   * Prepares a base backup; it must be ended by {@link #succeeded} or {@link #failed}.
   *
   * @param reason {@code scheduled} or {@code requested}
   * @throws BaseBackupRunningException when one of this site is being taken
   * @throws BaseBackupElsewhereException when another daemon is taking one
   * @throws IOException when no node can be reached, or a program is missing
   */
  public BaseBackupRun begin(SiteName site, String reason) throws IOException {
    SiteConfig config = sites.get(site);
    Instant now = clock.instant();
    synchronized (this) {
      requireNotStopping();
      String name = running.containsKey(site) ? running.get(site).name() : beginning.get(site);
      if (name != null) {
        throw new BaseBackupRunningException(site, name);
      }
      beginning.put(site, "of " + now);
    }
    String name = "of " + now;
    Path directory = null;
    SiteKeys keys = new SiteKeys(config.prefix());
    String user = BaseBackupPlan.leaseUser(now);
    try {
      leases.take(site, keys, user);
      name = names.next(config, repositories.of(site), now);
      directory = planner.ownDirectory(config, name);
      BaseBackupPlan plan = planner.plan(config, name, reason, now, directory);
      BaseBackupRun run = new BaseBackupRun(plan, repositories.of(site), clock);
      synchronized (this) {
        // It may have taken long to get here, and stop() ends only what is running.
        requireNotStopping();
        running.put(site, run);
      }
      LOG.info("Site {}: base backup {} starts ({})", site, name, reason);
      return run;
    } catch (BaseBackupElsewhereException e) {
      // The other daemon was a moment earlier; nothing has failed.
      throw e;
    } catch (IOException | RuntimeException e) {
      if (directory != null) {
        WorkDirectories.delete(directory);
      }
      names.forget(site, name);
      leases.release(site, keys, user);
      ended(site, new Ended(name, now, clock.instant(), String.valueOf(e.getMessage())));
      throw e;
    } finally {
      synchronized (this) {
        beginning.remove(site);
      }
    }
  }

  /**
   * Keeps the lease of the base backup of a site that is being taken, if one is; one that another
   * daemon has taken over is ended.
   *
   * @throws IOException when the repository does not answer; it is to be tried again
   */
  public void renewLease(SiteName site) throws IOException {
    BaseBackupRun run;
    synchronized (this) {
      run = running.get(site);
    }
    if (run != null) {
      try {
        holdLease(run);
      } catch (BaseBackupElsewhereException e) {
        run.cancel(e);
      }
    }
  }

  /**
   * Makes sure that no other daemon has taken over: it may have deleted what was stored so far.
   *
   * @throws BaseBackupElsewhereException when one has
   */
  public void holdLease(BaseBackupRun run) throws IOException {
    BaseBackupPlan plan = run.plan();
    leases.renew(plan.site().name(), plan.keys(), plan.leaseUser());
  }

  /** The main object, which is stored last and makes the backup exist. */
  public ObjectSource mainObject(BaseBackupRun run) {
    return new LastObject(run, this);
  }

  /** The main object of the backup is stored: it exists. */
  public void succeeded(BaseBackupRun run) throws IOException {
    BaseBackupPlan plan = run.plan();
    // This process may have stood still before the main object was put.
    leases.confirm(plan.site().name(), plan.keys(), plan.leaseUser());
    run.complete();
    leases.release(plan.site().name(), plan.keys(), plan.leaseUser());
    Instant end = clock.instant();
    ended(plan.site().name(), new Ended(plan.name(), plan.decided(), end, null));
    LOG.info(
        "Site {}: base backup {} is complete, {} in {} s",
        plan.site().name(),
        plan.name(),
        run.sizes(),
        Duration.between(plan.decided(), end).toSeconds());
    WorkDirectories.delete(plan.directory());
  }

  /** Why there is no base backup; null when there is one, or when another daemon takes it. */
  public @Nullable String failure(@Nullable BaseBackupRun run, Throwable cause) {
    BaseBackupFailure failure = new BaseBackupFailure(cause);
    boolean none = failure.isElsewhere() || (run != null && run.isComplete());
    return none ? null : failure.reason();
  }

  /**
   * The backup will not exist: ends its program, and deletes what was stored of it. Changes nothing
   * when the backup already exists, and what failed came after it.
   *
   * @param run null when it could not even begin
   * @throws IOException when not all of it could be deleted; {@link #sweep} will, unless it is the
   *     main object
   */
  public void failed(SiteName site, @Nullable BaseBackupRun run, Throwable cause)
      throws IOException {
    BaseBackupFailure failure = new BaseBackupFailure(cause);
    String reason = failure.reason();
    if (run == null || run.isComplete()) {
      failure.log(site);
      return;
    }
    BaseBackupPlan plan = run.plan();
    try {
      run.abort(cause);
      WorkDirectories.delete(plan.directory());
      // The store may have it although the put failed.
      repositories.of(site).delete(run.mainKey());
      new ChunkSweep(repositories.of(site), plan.keys()).delete(plan.name());
    } catch (IOException e) {
      throw new IOException(
          "base backup %s of site %s failed: %s; some of its objects could not be deleted: %s"
              .formatted(plan.name(), site, reason, e.getMessage()),
          e);
    } finally {
      failure.log(site);
      names.forget(site, plan.name());
      leases.release(site, plan.keys(), plan.leaseUser());
      ended(site, new Ended(plan.name(), plan.decided(), clock.instant(), reason));
    }
  }

  /** Goes on counting from how many in a row had failed when the daemon before this one ended. */
  public synchronized void restore(SiteName site, int failed) {
    failures.put(site, failed);
  }

  /** How the base backups of a site stand. */
  public synchronized BaseBackupStatus status(SiteName site) {
    BaseBackupRun run = running.get(site);
    return new BaseBackupStatus(
        run == null ? null : run.status(), last.get(site), failures.getOrDefault(site, 0));
  }

  /**
   * Deletes what base backups left that a killed service was taking: their chunks, when they are
   * this host's or a day old and no other daemon takes a base backup, and their files here; nothing
   * in maintenance mode.
   *
   * @return the names of those backups
   */
  public List<String> sweep(SiteName site) throws IOException {
    SiteConfig config = sites.get(site);
    if (sites.config().inMaintenance()) {
      return List.of();
    }
    Set<String> ours = names.known(site);
    WorkDirectories.deleteAllBut(planner.incoming(config), ours);
    SiteKeys keys = new SiteKeys(config.prefix());
    ChunkSweep sweep = new ChunkSweep(repositories.of(site), keys);
    if (sweep.abandoned(host, clock.instant()).isEmpty()) {
      return List.of();
    }
    String user = "sweep of " + clock.instant();
    try {
      // Nobody else begins or ends one meanwhile, and one that stood still finds that out.
      leases.take(site, keys, user);
    } catch (BaseBackupElsewhereException e) {
      return List.of();
    }
    try {
      return sweep.deleteAbandoned(
          host, clock.instant(), name -> ours.contains(name) || names.known(site).contains(name));
    } finally {
      leases.release(site, keys, user);
    }
  }

  /** Whether another daemon is taking one of the site's. */
  boolean isElsewhere(SiteName site) throws IOException {
    return leases.isElsewhere(site);
  }

  /** Whether one of the site is being taken, from its first question to the last of its traces. */
  public synchronized boolean isBusy(SiteName site) {
    return running.containsKey(site) || beginning.containsKey(site);
  }

  /** Ends the one of a site, if one is being taken. */
  public void cancel(SiteName site, IOException why) {
    BaseBackupRun run;
    synchronized (this) {
      run = running.get(site);
    }
    if (run != null) {
      run.cancel(why);
    }
  }

  /** Ends the base backups that are being taken, as this service is about to stop. */
  public void stop() {
    List<BaseBackupRun> all;
    synchronized (this) {
      stopping = true;
      all = List.copyOf(running.values());
    }
    all.forEach(run -> run.cancel(new IOException("pghoard is being stopped")));
  }

  synchronized void ended(SiteName site, Ended result) {
    running.remove(site);
    last.put(site, result);
    int before = failures.getOrDefault(site, 0);
    // One that a stop has ended might have succeeded.
    failures.put(site, result.failure() == null ? 0 : stopping ? before : before + 1);
  }

  private synchronized void requireNotStopping() throws IOException {
    if (stopping) {
      throw new IOException("pghoard is being stopped");
    }
  }
}
