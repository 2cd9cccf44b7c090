// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PlainObject;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalGap;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether what is stored of a site could be restored, and is not too old. */
public final class RestorabilityCheck {
  private static final String RESTORES = "take a base backup now: PUT /SITE/basebackup";
  private static final List<String> OF_A_BACKUP =
      List.of("restorable", "WAL since", "WAL before", "age");

  private final SiteConfig site;
  private final ObjectStore store;
  private final SiteKeys keys;
  private final Clock clock;

  public RestorabilityCheck(SiteConfig site, ObjectStore store, Clock clock) {
    this.site = site;
    this.store = store;
    this.keys = new SiteKeys(site.prefix());
    this.clock = clock;
  }

  /**
   * Makes all checks.
   *
   * @return the newest base backup, or null
   */
  public @Nullable BaseBackup run(Checks checks) {
    Stored stored = new Stored();
    checks.check("base backups", "look at the store's answer", () -> catalogue(stored));
    BaseBackup newest = stored.newest;
    RecoveryPlanner planner = stored.planner;
    if (newest == null || planner == null) {
      OF_A_BACKUP.forEach(name -> checks.unknown(name, "there is no base backup to look at"));
      return null;
    }
    String remedy = remedy();
    checks.check("restorable", remedy, () -> restorable(newest, planner));
    checks.check("WAL since", remedy, () -> since(newest, planner));
    checks.check("WAL before", "", () -> before(newest, planner));
    checks.check("age", remedy, () -> age(newest));
    return newest;
  }

  private String remedy() {
    return RESTORES.replace("SITE", site.name().text());
  }

  /** What the catalogue has told. */
  private static final class Stored {
    private @Nullable BaseBackup newest;
    private @Nullable RecoveryPlanner planner;
  }

  private Answer catalogue(Stored stored) throws IOException {
    RecoveryPlanner planner = new RecoveryPlanners().of(site, store);
    Catalogue.Listing listing = planner.listing();
    List<BaseBackup> backups = listing.readable();
    if (!listing.unreadable().isEmpty()) {
      listingFound(stored, planner);
      return Answer.warning(
          "%d main objects cannot be understood: %s"
              .formatted(listing.unreadable().size(), listing.unreadable()),
          "restore them from a copy of the repository, or delete them; no WAL is deleted until then");
    }
    if (backups.isEmpty()) {
      return none(planner.tree().wal());
    }
    listingFound(stored, planner);
    return Answer.ok(
        "%d, the newest is %s".formatted(backups.size(), backups.get(backups.size() - 1).name()));
  }

  private static void listingFound(Stored stored, RecoveryPlanner planner) {
    List<BaseBackup> backups = planner.listing().readable();
    stored.newest = backups.isEmpty() ? null : backups.get(backups.size() - 1);
    stored.planner = planner;
  }

  private Answer none(StoredWal wal) {
    if (!site.active()) {
      return Answer.warning("there is none", "check prefix and storage");
    }
    return wal.timelines().isEmpty()
        ? Answer.warning(
            "nothing is stored of this site yet", "start the daemon: it takes one at once")
        : Answer.failed(
            "WAL is stored, but no base backup to replay it on",
            "check the daemon's log for why none could be taken, then " + remedy());
  }

  private Answer restorable(BaseBackup newest, RecoveryPlanner planner) throws IOException {
    List<ObjectKey> damaged = planner.listing().damaged(newest);
    if (!damaged.isEmpty()) {
      throw new RestoreRefusedException(
          "base backup %s is damaged: %s".formatted(newest.name(), damaged));
    }
    planner.plan(newest.name(), RecoveryOptions.toTheBackup());
    if (newest.format() != BaseBackup.Format.CHUNKS) {
      return Answer.ok("%s has its WAL".formatted(newest.name()));
    }
    try (ObjectContent object = PlainObject.get(store, newest.key())) {
      MainObject main = MainObject.read(object.stream());
      new StoredChunks(store, keys).require(newest, main.record().chunks());
    }
    return Answer.ok(
        "%s has its chunks, and its WAL from %s to %s"
            .formatted(newest.name(), newest.startSegment(), newest.endOfWal()));
  }

  /** Plans the restore that an operator would ask for, who has lost the server. */
  private Answer since(BaseBackup newest, RecoveryPlanner planner) throws IOException {
    RecoveryPlan plan = planner.plan(RestoreRequest.LATEST, RecoveryOptions.toTheEnd());
    String text =
        "without a gap up to %s, from base backup %s"
            .formatted(plan.reach().last(), plan.backup().name());
    return plan.backup().equals(newest)
        ? Answer.ok(text)
        : Answer.warning(
            "%s: the newest one, %s, does not lead to timeline %s"
                .formatted(text, newest.name(), Integer.toUnsignedString(plan.way().timeline())),
            remedy());
  }

  /** Which moments before the newest base backup are lost, although later WAL is there. */
  private Answer before(BaseBackup newest, RecoveryPlanner planner) {
    List<BaseBackup> backups = site.wal().fetched() ? List.of() : planner.listing().readable();
    for (BaseBackup backup : backups) {
      WalGap gap = RecoveryWindows.reach(planner.tree(), backup).gap();
      if (gap != null && isBefore(gap, newest, planner.tree().wal().segmentSize())) {
        return Answer.warning(
            "no restore from base backup %s reaches base backup %s: %s"
                .formatted(backup.name(), newest.name(), gap),
            "the moments in between cannot be restored; if a server or a copy still has that WAL, archive it. GET /%s/recovery shows what can be restored"
                .formatted(site.name()));
      }
    }
    return Answer.ok("no gap between the base backups");
  }

  private static boolean isBefore(WalGap gap, BaseBackup backup, WalSegmentSize size) {
    return gap.firstMissing().number(size) < backup.startSegment().number(size);
  }

  private Answer age(BaseBackup newest) {
    Instant now = clock.instant();
    Duration age = Duration.between(newest.startTime(), now);
    String text = "%d h %d min".formatted(age.toHours(), age.toMinutesPart());
    if (age.isNegative()) {
      return Answer.warning(
          "it was started in the future, at " + newest.startTime(),
          "synchronize the clocks by NTP");
    }
    Duration interval = site.baseBackup().interval();
    if (!site.active() || interval == null) {
      return Answer.ok(text + "; none is scheduled");
    }
    // One is due when the interval is over, and takes its time.
    return age.compareTo(interval.plus(interval.dividedBy(4))) > 0
        ? Answer.warning(
            text + ", and one is due every " + interval.toHours() + " h",
            "check the daemon's log for why none was taken since")
        : Answer.ok(text);
  }
}
