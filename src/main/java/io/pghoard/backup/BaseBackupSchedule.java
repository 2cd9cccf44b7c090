// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.backup.BaseBackupStatus.Ended;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PythonTime;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says when a base backup of a site is due.
 *
 * <p>Holds no lock: a repository that does not answer delays its own site alone.
 */
public final class BaseBackupSchedule {
  /** The reason of a backup that somebody asked for. */
  public static final String REQUESTED = "requested";

  /** The reason of a backup for which it was time. */
  public static final String SCHEDULED = "scheduled";

  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  private static final Duration LAST_RETRY = Duration.ofHours(1);

  /** More than the clocks of two machines that take base backups of one site are apart. */
  private static final Duration CLOCKS_APART = Duration.ofHours(1);

  /** The repository may be remote, and the question is asked every few seconds. */
  private static final Duration MEMORY = Duration.ofMinutes(5);

  private final Sites sites;
  private final BaseBackups backups;
  private final Repositories repositories;
  private final Clock clock;
  private final Predicate<SiteName> walComes;
  private final BaseBackupRequests requests;
  private final Map<SiteName, Known> known = new ConcurrentHashMap<>();
  private final Map<SiteName, BaseBackupStatus> whenAsked = new ConcurrentHashMap<>();

  /**
   * What the repository said of a site's last backups.
   *
   * @param site as it was configured then; it may have another repository now
   * @param after the end of the backup after which it was asked
   */
  private record Known(
      SiteConfig site,
      Instant askedAt,
      @Nullable Ended after,
      @Nullable Instant lastStart,
      @Nullable Instant lastScheduledStart,
      @Nullable Instant lastSlot) {}

  /** The same, for sites whose WAL always comes. */
  public BaseBackupSchedule(
      Sites sites, BaseBackups backups, Repositories repositories, Clock clock) {
    this(sites, backups, repositories, clock, site -> true);
  }

  /**
   * Knows of the requests that a daemon before it did not fulfil.
   *
   * @param walComes whether WAL that a site's cluster writes from now on is on its way here; before
   *     that, a base backup would wait for WAL that nobody keeps
   */
  public BaseBackupSchedule(
      Sites sites,
      BaseBackups backups,
      Repositories repositories,
      Clock clock,
      Predicate<SiteName> walComes) {
    this.walComes = walComes;
    this.sites = sites;
    this.backups = backups;
    this.repositories = repositories;
    this.clock = clock;
    this.requests = new BaseBackupRequests(sites.config().backupLocation());
  }

  /**
   * Asks for a base backup as soon as one may be started; asking twice is asking once. The request
   * outlives this process.
   *
   * @throws BaseBackupNotNowException when none is begun now; in maintenance mode the request is
   *     kept all the same
   */
  public void request(SiteName name) throws IOException {
    if (!sites.get(name).active()) {
      throw new BaseBackupNotNowException(
          "site " + name + " is not active: no base backup of it is taken",
          "set active to true in pghoard.json, and repeat the request");
    }
    whenAsked.put(name, backups.status(name));
    requests.add(name, clock.instant());
    if (inMaintenance()) {
      Path file = sites.config().maintenanceModeFile();
      throw new BaseBackupNotNowException(
          "pghoard is in maintenance mode because " + file + " exists: no base backup is started",
          "the request is kept: the base backup is taken after you remove " + file);
    }
  }

  private boolean inMaintenance() {
    return sites.config().inMaintenance();
  }

  /** When a base backup of the site was asked for that is still to be taken, or null. */
  public @Nullable Instant requestedAt(SiteName name) throws IOException {
    return requests.of(name);
  }

  /**
   * Whether a base backup is to be begun now.
   *
   * @return {@link #REQUESTED}, {@link #SCHEDULED}, or null when none is due
   */
  public @Nullable String due(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    BaseBackupStatus status = backups.status(name);
    fulfil(name, status);
    if (!site.active()
        || status.running() != null
        || !walComes.test(name)
        || inMaintenance()
        || waitsAfterFailure(name, status)) {
      return null;
    }
    String reason = requests.of(name) != null ? REQUESTED : isTime(site, status) ? SCHEDULED : null;
    return reason == null || isElsewhere(name) ? null : reason;
  }

  private boolean isElsewhere(SiteName name) {
    try {
      boolean elsewhere = backups.isElsewhere(name);
      if (elsewhere) {
        // At its end there is a newer one than is known here.
        known.remove(name);
      }
      return elsewhere;
    } catch (IOException e) {
      // The base backup will fail to begin, which is told, and tried again after a pause.
      return false;
    }
  }

  /** A request is pending until a backup that began after it has succeeded. */
  private void fulfil(SiteName name, BaseBackupStatus status) throws IOException {
    Ended last = status.last();
    Instant asked = requests.of(name);
    if (last != null
        && last.failure() == null
        && asked != null
        && !isBefore(last, whenAsked.get(name))
        && (!last.startTime().isBefore(asked) || asked.isAfter(clock.instant()))) {
      // Unless somebody has asked again meanwhile.
      requests.fulfilled(name, asked);
    }
  }

  /** Whether a backup had begun when somebody asked, whatever the time of day was since. */
  private static boolean isBefore(Ended last, @Nullable BaseBackupStatus whenAsked) {
    return whenAsked != null
        && (last.equals(whenAsked.last())
            || (whenAsked.running() != null && whenAsked.running().name().equals(last.name())));
  }

  private boolean waitsAfterFailure(SiteName name, BaseBackupStatus status) throws IOException {
    Ended last = status.last();
    if (last == null || last.failure() == null) {
      return false;
    }
    Instant asked = requests.of(name);
    if (asked != null && asked.isAfter(last.endTime())) {
      // Somebody who asks after the failure has seen it, and wants it tried now.
      return false;
    }
    int doublings = Math.min(Math.max(status.failures() - 1, 0), 16);
    Duration wait = FIRST_RETRY.multipliedBy(1L << doublings);
    wait = wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait;
    Instant now = clock.instant();
    // A failure that is still to come was before the clock was set back.
    return now.isBefore(last.endTime().plus(wait)) && !last.endTime().isAfter(now);
  }

  private boolean isTime(SiteConfig site, BaseBackupStatus status) throws IOException {
    Duration interval = site.baseBackup().interval();
    if (interval == null) {
      return false;
    }
    Known last = known(site, status);
    Instant lastStart = last.lastStart();
    if (lastStart == null) {
      return true;
    }
    Instant now = clock.instant();
    Optional<BackupGrid> grid = BackupGrid.of(site.baseBackup());
    if (grid.isEmpty()) {
      return !now.isBefore(lastStart.plus(interval));
    }
    Instant scheduled = last.lastScheduledStart();
    Instant before = scheduled == null ? lastStart : scheduled;
    return !grid.get().slot(now).equals(last.lastSlot())
        && !now.isBefore(before.plus(interval.dividedBy(2)));
  }

  private Known known(SiteConfig site, BaseBackupStatus status) throws IOException {
    Known last = known.get(site.name());
    Instant now = clock.instant();
    if (last == null
        || !last.site().equals(site)
        || now.isAfter(last.askedAt().plus(MEMORY))
        || now.isBefore(last.askedAt())
        || !Objects.equals(last.after(), status.last())) {
      last = ask(site, status.last(), now);
      known.put(site.name(), last);
    }
    return last;
  }

  private Known ask(SiteConfig site, @Nullable Ended after, Instant now) throws IOException {
    // Retention may have deleted it already, as older than those that seem to be of the future.
    Instant lastStart =
        after != null && after.failure() == null && !isOfTheFuture(after.startTime(), now)
            ? after.startTime()
            : null;
    Instant lastScheduled = null;
    Instant lastSlot = null;
    ObjectStore store = repositories.of(site.name());
    for (BaseBackup backup : new Catalogue(store, new SiteKeys(site.prefix())).baseBackups()) {
      if (isOfTheFuture(backup.startTime(), now)) {
        continue;
      }
      lastStart = later(lastStart, backup.startTime());
      if (backup.reason().equals(SCHEDULED)) {
        lastScheduled = later(lastScheduled, backup.startTime());
        lastSlot = later(lastSlot, slot(backup));
      }
    }
    return new Known(site, now, after, lastStart, lastScheduled, lastSlot);
  }

  /** Whether the clock was set back since: nobody knows how long ago that was. */
  private static boolean isOfTheFuture(Instant start, Instant now) {
    return start.isAfter(now.plus(CLOCKS_APART));
  }

  private static @Nullable Instant slot(BaseBackup backup) {
    String text = backup.object().metadata().get("normalized-backup-time");
    try {
      return text == null ? null : PythonTime.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isAfter(one)) ? other : one;
  }
}
