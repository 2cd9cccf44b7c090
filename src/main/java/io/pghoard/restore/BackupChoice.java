// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import io.pghoard.restore.RecoveryTarget.Time;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which base backup a restore starts from: recovery only goes forward, so the backup must have
 * ended before the target.
 *
 * @param backups of the site, the oldest first
 * @param damaged whether something of one is marked as damaged; one that is not comes before
 */
record BackupChoice(List<BaseBackup> backups, Predicate<BaseBackup> damaged, WalSegmentSize size) {
  BackupChoice {
    backups = List.copyOf(backups);
  }

  /** The same, as if nothing were damaged. */
  BackupChoice withoutDamage() {
    return new BackupChoice(backups, backup -> false, size);
  }

  /**
   * Chooses.
   *
   * @throws RestoreRefusedException when no backup fits, with what there is
   */
  BaseBackup choose(RestoreRequest request) throws RestoreRefusedException {
    if (backups.isEmpty()) {
      throw new RestoreRefusedException("site " + request.site() + " has no base backup");
    }
    RecoveryTarget target = request.recovery().target();
    if (!request.backup().equals(RestoreRequest.LATEST)) {
      BaseBackup named = named(request);
      if (!endsBefore(named, target)) {
        throw tooEarly("base backup " + named.name() + " ended after", List.of(named), target);
      }
      return named;
    }
    BaseBackup good = newest(backup -> endsBefore(backup, target) && !damaged.test(backup));
    BaseBackup newest = good == null ? newest(backup -> endsBefore(backup, target)) : good;
    if (newest == null) {
      throw tooEarly("no base backup of site " + request.site() + " ended before", backups, target);
    }
    return newest;
  }

  private BaseBackup named(RestoreRequest request) throws RestoreRefusedException {
    return backups.stream()
        .filter(backup -> backup.isCalled(request.backup()))
        .findFirst()
        .orElseThrow(
            () ->
                new RestoreRefusedException(
                    "site "
                        + request.site()
                        + " has no base backup "
                        + request.backup()
                        + "; it has "
                        + backups.stream()
                            .map(BaseBackup::name)
                            .collect(Collectors.joining(", "))));
  }

  private @Nullable BaseBackup newest(Predicate<BaseBackup> fits) {
    for (int i = backups.size() - 1; i >= 0; i--) {
      if (fits.test(backups.get(i))) {
        return backups.get(i);
      }
    }
    return null;
  }

  private boolean endsBefore(BaseBackup backup, RecoveryTarget target) {
    if (target instanceof Time time) {
      return !endTime(backup).isAfter(time.time());
    }
    if (target instanceof AtLsn at) {
      // Within the last segment the plan looks closer, at the backup's manifest.
      long last = endSegment(backup).number(size);
      return Long.compareUnsigned(last, at.lsn().value() / size.bytes()) <= 0;
    }
    return true;
  }

  private RestoreRefusedException tooEarly(
      String what, List<BaseBackup> candidates, RecoveryTarget target) {
    BaseBackup oldest = candidates.get(0);
    if (target instanceof AtLsn at) {
      return new RestoreRefusedException(
          what
              + " the target LSN "
              + at.lsn()
              + ": base backup "
              + oldest.name()
              + " ended in WAL segment "
              + endSegment(oldest)
              + ", from "
              + endSegment(oldest).startLsn(size)
              + " on. Give a later LSN");
    }
    return new RestoreRefusedException(
        what
            + " the target "
            + (target instanceof Time time ? "time " + RecoveryTime.format(time.time()) : "")
            + ": base backup "
            + oldest.name()
            + " ended at "
            + RecoveryTime.format(endTime(oldest))
            + ". Give a later time");
  }

  /** When the backup ended; its start, where the older formats do not tell. */
  static Instant endTime(BaseBackup backup) {
    Instant end = backup.endTime();
    return end == null ? backup.startTime() : end;
  }

  static WalSegmentName endSegment(BaseBackup backup) {
    WalSegmentName end = backup.endSegment();
    return end == null ? backup.startSegment() : end;
  }
}
