// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import io.pghoard.restore.RecoveryTarget.Time;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which of several base backups a restore starts from: recovery only goes forward, so the backup
 * must have ended before the target.
 *
 * @param damaged whether something of one is marked as damaged; one that is not comes before
 */
record BackupChoice(SiteName site, Predicate<BaseBackup> damaged, WalSegmentSize size) {
  /**
   * Chooses.
   *
   * @param backups the oldest first, at least one
   * @throws RestoreRefusedException when no backup fits, with what there is
   */
  BaseBackup choose(List<BaseBackup> backups, RecoveryTarget target)
      throws RestoreRefusedException {
    BaseBackup good = newest(backups, each -> endsBefore(each, target) && !damaged.test(each));
    BaseBackup newest = good == null ? nearest(backups, target) : good;
    if (newest == null) {
      BaseBackup oldest = backups.get(0);
      String what =
          backups.size() == 1
              ? "base backup " + oldest.name() + " ended after"
              : "no base backup of site " + site + " ended before";
      throw tooEarly(what, oldest, target);
    }
    return newest;
  }

  /** The newest that fits, be it damaged; or null. */
  @Nullable BaseBackup nearest(List<BaseBackup> backups, RecoveryTarget target) {
    return newest(backups, each -> endsBefore(each, target));
  }

  private static @Nullable BaseBackup newest(List<BaseBackup> backups, Predicate<BaseBackup> fits) {
    for (int i = backups.size() - 1; i >= 0; i--) {
      if (fits.test(backups.get(i))) {
        return backups.get(i);
      }
    }
    return null;
  }

  boolean endsBefore(BaseBackup backup, RecoveryTarget target) {
    if (target instanceof Time time) {
      return !backup.end().isAfter(time.time());
    }
    if (target instanceof AtLsn at) {
      // Within the last segment the plan looks closer, at the backup's manifest.
      long last = backup.endOfWal().number(size);
      return Long.compareUnsigned(last, at.lsn().value() / size.bytes()) <= 0;
    }
    return true;
  }

  private RestoreRefusedException tooEarly(String what, BaseBackup oldest, RecoveryTarget target) {
    if (target instanceof AtLsn at) {
      WalSegmentName end = oldest.endOfWal();
      return new RestoreRefusedException(
          "%s the target LSN %s: base backup %s ended in WAL segment %s, from %s on. Give a later LSN"
              .formatted(what, at.lsn(), oldest.name(), end, end.startLsn(size)));
    }
    return new RestoreRefusedException(
        "%s the target %s: base backup %s ended at %s. Give a later time"
            .formatted(
                what,
                target instanceof Time time ? "time " + RecoveryTime.format(time.time()) : "",
                oldest.name(),
                RecoveryTime.format(oldest.end())));
  }
}
