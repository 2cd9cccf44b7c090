// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.alert.AlertChange;
import io.pghoard.alert.Alerts;
import io.pghoard.config.ConfigChange;
import io.pghoard.config.ConfigException;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.MachineCheck;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up changes of pghoard.json while the service runs.
 *
 * <p>A file with a mistake changes nothing. A site whose base backup or restore runs keeps its
 * settings until that has ended; where the site is to go, the work is ended.
 */
public final class ConfigReload {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);
  private static final String ALERT = "configuration_error";
  private static final List<String> OF_A_MODE =
      List.of("archive_backlog_warning", "wal_receive_failed", "wal_receive_stands_still");

  private final Path file;
  private final Sites sites;
  private final SiteWork work;
  private final SiteSwitch way;
  private final Observer observer;
  private volatile boolean asked;
  // What nobody has looked at yet; the first look also ends an alert of a former run.
  private @Nullable Version looked;
  private @Nullable Version seen;
  private @Nullable PghoardConfig wanted;
  // Asked for by GET /status, which must not wait for a reload.
  private volatile @Nullable String refusal;
  private volatile Set<SiteName> waiting = Set.of();

  /** A file as it was last looked at; of one that is not there, nothing. */
  private record Version(FileTime changed, long size, @Nullable Object key) {
    static Version of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new Version(now.lastModifiedTime(), now.size(), now.fileKey());
      } catch (IOException e) {
        return new Version(FileTime.fromMillis(0), -1, null);
      }
    }
  }

  public ConfigReload(Path file, Sites sites, SiteWork work, SiteSwitch way, Observer observer) {
    this.file = file;
    this.sites = sites;
    this.work = work;
    this.way = way;
    this.observer = observer;
  }

  /** Who is told of a reload, whatever comes of it. */
  public interface Observer {
    /** The file is about to be read again. */
    void reloading();

    /** That has ended, or a change that had waited was made. */
    void ended(PghoardConfig inForce);
  }

  /** Has the file read at the next look, changed or not: what SIGHUP asks for. */
  public void ask() {
    asked = true;
  }

  /**
   * Looks for a change and takes it up; called by the route {@code config-reload}.
   *
   * @return what it means for alerts
   */
  public synchronized List<AlertChange> check() throws Exception {
    List<AlertChange> alerts = new ArrayList<>();
    Version now = Version.of(file);
    // An editor may be at it: a save can be seen half done, or as a file that is gone.
    boolean reads = asked || (!now.equals(looked) && now.equals(seen));
    boolean again = asked || (reads && looked != null);
    PghoardConfig before = sites.config();
    try {
      if (again) {
        observer.reloading();
      }
      if (reads) {
        look(now, alerts);
      }
      seen = now;
      if (wanted != null) {
        switchTo(wanted, alerts);
      }
    } finally {
      if (again || !sites.config().equals(before)) {
        observer.ended(sites.config());
      }
    }
    way.closeUnusedClients();
    return alerts;
  }

  private void look(Version now, List<AlertChange> alerts) {
    if (asked) {
      LOG.info("Reading {} again on SIGHUP", file);
    }
    asked = false;
    looked = now;
    read(alerts);
  }

  /** What is wrong with the file as it lies there, or null. */
  @Nullable
  public String refusal() {
    return refusal;
  }

  /** The sites whose changes wait for the end of a base backup or a restore. */
  public Set<SiteName> waiting() {
    return waiting;
  }

  private void read(List<AlertChange> alerts) {
    try {
      PghoardConfig read = ConfigFile.read(file);
      ConfigChange change = new ConfigChange(sites.config(), read);
      List<Problem> problems = new ArrayList<>(MachineCheck.problems(read, change.changedSites()));
      if (!read.backupLocation().equals(sites.config().backupLocation())) {
        problems.add(
            new Problem(
                "$.backup_location",
                0,
                0,
                "it cannot change while pghoard runs",
                "restart pghoard, or undo the change"));
      }
      if (!problems.isEmpty()) {
        throw new ConfigException(file, problems);
      }
      if (!change.untilRestart().isEmpty()) {
        LOG.warn("A change of {} takes effect at the next start", change.untilRestart());
      }
      wanted = read;
      refusal = null;
      alerts.add(AlertChange.gone(ALERT, null));
    } catch (ConfigException e) {
      refused(String.valueOf(e.getMessage()), alerts);
    }
  }

  private void refused(String reason, List<AlertChange> alerts) {
    refusal = reason;
    String text = file + " is refused, and the previous configuration stays in force:\n" + reason;
    LOG.error("{}", text.replace("\n", " "));
    alerts.add(new AlertChange(ALERT, null, text));
  }

  private static boolean modeChanges(SiteName site, PghoardConfig from, PghoardConfig to) {
    SiteConfig before = from.sites().get(site);
    SiteConfig after = to.sites().get(site);
    return before != null && after != null && before.wal().mode() != after.wal().mode();
  }

  private void switchTo(PghoardConfig target, List<AlertChange> alerts) throws Exception {
    PghoardConfig running = sites.config();
    ConfigChange change = new ConfigChange(running, target);
    change.leaving().stream().filter(work::isBusy).forEach(work::end);
    PghoardConfig next = change.next(work::isBusy);
    Set<SiteName> left = new ConfigChange(next, target).sites();
    if (!left.isEmpty() && !left.equals(waiting)) {
      LOG.info(
          "The change of the sites {} takes effect when their base backups and restores have ended",
          left);
    }
    waiting = left;
    if (!next.equals(running)) {
      try {
        way.to(next);
      } catch (IOException e) {
        wanted = null;
        waiting = Set.of();
        refused(String.valueOf(e.getMessage()), alerts);
        return;
      }
      Set<SiteName> changed = new ConfigChange(running, next).sites();
      LOG.info("{} is in force; changed sites: {}", file, changed);
      changed.stream()
          .filter(name -> !next.sites().containsKey(name) || !next.sites().get(name).active())
          .flatMap(name -> Alerts.NAMES.stream().map(alert -> AlertChange.gone(alert, name)))
          .forEach(alerts::add);
      // What was waited for in the former mode is not waited for any more.
      changed.stream()
          .filter(name -> modeChanges(name, running, next))
          .flatMap(name -> OF_A_MODE.stream().map(alert -> AlertChange.gone(alert, name)))
          .forEach(alerts::add);
    }
    if (left.isEmpty()) {
      wanted = null;
    }
  }
}
