// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredWal;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether what is stored of a site could be restored, and is not too old. */
public final class ArchiveCheck {
  private static final String RESTORES = "take a base backup now: PUT /SITE/basebackup";
  private static final List<String> OF_A_BACKUP = List.of("restorable", "WAL since", "age");

  private final SiteConfig site;
  private final ObjectStore store;
  private final SiteKeys keys;
  private final Clock clock;

  public ArchiveCheck(SiteConfig site, ObjectStore store, Clock clock) {
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
    checks.check("base backups", "see what the store answers", () -> catalogue(stored));
    BaseBackup newest = stored.newest;
    StoredWal wal = stored.wal;
    if (newest == null || wal == null) {
      OF_A_BACKUP.forEach(name -> checks.unknown(name, "there is no base backup to look at"));
      return null;
    }
    String remedy = remedy();
    checks.check("restorable", remedy, () -> restorable(newest, wal, stored.damaged));
    checks.check("WAL since", remedy, () -> since(newest, wal));
    checks.check("age", remedy, () -> age(newest));
    return newest;
  }

  private String remedy() {
    return RESTORES.replace("SITE", site.name().text());
  }

  /** What the catalogue has told. */
  private static final class Stored {
    private @Nullable BaseBackup newest;
    private List<ObjectKey> damaged = List.of();
    private @Nullable StoredWal wal;
  }

  private Answer catalogue(Stored stored) throws IOException {
    Catalogue catalogue = new Catalogue(store, keys);
    Catalogue.Listing listing = catalogue.listing();
    StoredWal wal = catalogue.wal();
    List<BaseBackup> backups = listing.readable();
    if (!listing.unreadable().isEmpty()) {
      listingFound(stored, listing, wal);
      return Answer.warning(
          "%d main objects cannot be understood: %s"
              .formatted(listing.unreadable().size(), listing.unreadable()),
          "restore them from a copy of the repository, or delete them; no WAL goes until then");
    }
    if (backups.isEmpty()) {
      return none(wal);
    }
    listingFound(stored, listing, wal);
    return Answer.ok(
        "%d, the newest is %s".formatted(backups.size(), backups.get(backups.size() - 1).name()));
  }

  private static void listingFound(Stored stored, Catalogue.Listing listing, StoredWal wal) {
    List<BaseBackup> backups = listing.readable();
    BaseBackup newest = backups.isEmpty() ? null : backups.get(backups.size() - 1);
    stored.newest = newest;
    stored.damaged = newest == null ? List.of() : listing.damaged(newest);
    stored.wal = wal;
  }

  private Answer none(StoredWal wal) {
    if (!site.active()) {
      return Answer.warning("there is none", "see that prefix and storage are the right ones");
    }
    return wal.timelines().isEmpty()
        ? Answer.warning(
            "nothing is stored of this site yet", "start the daemon: it takes one at once")
        : Answer.failed(
            "WAL is stored, and no base backup that it could be replayed on",
            "see the daemon's log for why none could be taken, then " + remedy());
  }

  private Answer restorable(BaseBackup newest, StoredWal wal, List<ObjectKey> damaged)
      throws IOException {
    if (!damaged.isEmpty()) {
      throw new RestoreRefusedException(
          "base backup %s is damaged: %s".formatted(newest.name(), damaged));
    }
    RestorePlanner.requireHistory(newest, wal);
    boolean chunked = newest.format() == BaseBackup.Format.CHUNKS;
    if (chunked && store.keys(keys.chunks(newest.name())).isEmpty()) {
      throw new RestoreRefusedException(
          "there are no chunks of base backup %s".formatted(newest.name()));
    }
    require(newest, wal, new RecoveryTarget.Immediate());
    return Answer.ok(
        "%s has its chunks, and its WAL from %s to %s"
            .formatted(newest.name(), newest.startSegment(), BackupChoice.endSegment(newest)));
  }

  private Answer since(BaseBackup newest, StoredWal wal) throws IOException {
    require(newest, wal, new RecoveryTarget.Latest());
    return Answer.ok(
        "without a gap up to " + wal.newest(wal.timelines().get(wal.timelines().size() - 1)));
  }

  private void require(BaseBackup backup, StoredWal wal, RecoveryTarget target) throws IOException {
    RecoveryOptions options =
        new RecoveryOptions(
            target, null, "latest", null, null, null, false, RecoveryOptions.Archiving.DEFAULT);
    new WalCheck(store, keys, wal).require(site.name(), backup, options);
  }

  private Answer age(BaseBackup newest) {
    Instant now = clock.instant();
    Duration age = Duration.between(newest.startTime(), now);
    String text = "%d h %d min".formatted(age.toHours(), age.toMinutesPart());
    if (age.isNegative()) {
      return Answer.warning(
          "it was started in the future, at " + newest.startTime(), "set the clocks by NTP");
    }
    Duration interval = site.baseBackup().interval();
    if (!site.active() || interval == null) {
      return Answer.ok(text + "; none is scheduled");
    }
    // One is due when the interval is over, and takes its time.
    return age.compareTo(interval.plus(interval.dividedBy(4))) > 0
        ? Answer.warning(
            text + ", and one is due every " + interval.toHours() + " h",
            "see the daemon's log for why none was taken since")
        : Answer.ok(text);
  }
}
