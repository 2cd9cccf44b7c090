// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.UnknownSiteException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * The restores that were asked for over HTTP: those that run, and the last ones that ended.
 *
 * <p>Over HTTP a restore writes only where the site's configuration allows it, and brings no shell
 * command along: a client of the service is not thereby an operator of its host.
 */
public final class Restores {
  private static final int KEPT = 100;

  private final Sites sites;
  private final Clock clock;
  private final Function<SiteName, String> restoreCommand;
  private final IntSupplier most;
  private final AtomicLong count = new AtomicLong();
  private final Map<String, RestoreRun> runs = new LinkedHashMap<>();
  private boolean stopping;

  /**
   * No restores yet.
   *
   * @param restoreCommand gives a site's restore_command
   * @param most how many may run at once
   */
  public Restores(
      Sites sites, Clock clock, Function<SiteName, String> restoreCommand, IntSupplier most) {
    this.most = most;
    this.sites = sites;
    this.clock = clock;
    this.restoreCommand = restoreCommand;
  }

  /**
   * Registers a restore, which the caller then runs; a dry run is checked alike, and not
   * registered.
   *
   * @param words of the request, as {@link RestoreParameters} reads them
   * @throws IllegalArgumentException when the request is none
   * @throws RestoreRefusedException when it may not write there, or another restore does already
   */
  public RestoreRun start(SiteName name, Map<String, ?> words) throws IOException {
    SiteConfig site = sites.get(name);
    RestoreRequest request = RestoreParameters.parse(name, words);
    if (request.recovery().endCommand() != null) {
      throw new RestoreRefusedException(
          "recovery_end_command is a shell command, and not taken over HTTP; use pghoard_restore on"
              + " the host");
    }
    List<Path> allowed = TargetGuard.allowed(site);
    if (allowed.isEmpty()) {
      throw new RestoreRefusedException(
          "site "
              + name
              + " has no restore_directories, so a restore over HTTP may write nowhere; add"
              + " restore_directories to the site, or use pghoard_restore on the host");
    }
    new TargetGuard(sites.config(), request, allowed).require(request.targetDirectory());
    return register(request, new RestoreHost(allowed, restoreCommand.apply(name)), words);
  }

  private synchronized RestoreRun register(
      RestoreRequest request, RestoreHost host, Map<String, ?> words) throws IOException {
    if (stopping) {
      throw new RestoreRefusedException("pghoard is being stopped");
    }
    long running =
        runs.values().stream().filter(run -> !run.progress().snapshot().phase().ended()).count();
    if (running >= most.getAsInt()) {
      throw new TooManyRestoresException((int) running);
    }
    Path target = TargetDirectory.real(request.targetDirectory());
    for (RestoreRun other : runs.values()) {
      if (!other.progress().snapshot().phase().ended()
          && TargetDirectory.real(other.request().targetDirectory()).equals(target)) {
        throw new RestoreRefusedException(
            "restore "
                + other.id()
                + " is writing "
                + request.targetDirectory()
                + "; wait for it, or cancel it");
      }
    }
    String id = clock.instant().getEpochSecond() + "-" + count.incrementAndGet();
    RestoreRun run = new RestoreRun(id, request, new RestoreProgress(clock), host, words);
    if (!run.dryRun()) {
      runs.put(id, run);
      forgetOldest();
    }
    return run;
  }

  private void forgetOldest() {
    Iterator<RestoreRun> oldest = runs.values().iterator();
    while (runs.size() > KEPT && oldest.hasNext()) {
      if (oldest.next().progress().snapshot().phase().ended()) {
        oldest.remove();
      }
    }
  }

  /**
   * Finds a restore.
   *
   * @throws UnknownRestoreException when the site has none of this id, or no longer
   */
  public synchronized RestoreRun get(SiteName site, String id) throws UnknownRestoreException {
    RestoreRun run = runs.get(id);
    if (run == null || !run.request().site().equals(site)) {
      throw new UnknownRestoreException(site, id);
    }
    return run;
  }

  /** Asks a restore to end; one that has ended stays as it is. */
  public RestoreRun cancel(SiteName site, String id) throws UnknownRestoreException {
    RestoreRun run = get(site, id);
    run.progress().cancel();
    return run;
  }

  /** Whether a restore of the site runs. */
  public boolean isBusy(SiteName site) {
    return ofKnown(site).stream().anyMatch(run -> !run.progress().snapshot().phase().ended());
  }

  /** Asks the restores of a site to end. */
  public void cancelAll(SiteName site) {
    ofKnown(site).forEach(run -> run.progress().cancel());
  }

  /** Asks all restores to end, and takes no new ones, as this service is about to stop. */
  public synchronized void stop() {
    stopping = true;
    runs.values().forEach(run -> run.progress().cancel());
  }

  /** The restores of a site, newest last. */
  public List<RestoreRun> of(SiteName site) throws UnknownSiteException {
    sites.get(site);
    return ofKnown(site);
  }

  private synchronized List<RestoreRun> ofKnown(SiteName site) {
    return runs.values().stream().filter(run -> run.request().site().equals(site)).toList();
  }
}
