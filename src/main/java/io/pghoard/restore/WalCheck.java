// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalChain;
import io.pghoard.repository.WalGap;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import io.pghoard.restore.RecoveryTarget.Latest;
import io.pghoard.restore.RecoveryTarget.Name;
import io.pghoard.restore.RecoveryTarget.Time;
import io.pghoard.restore.RecoveryTarget.Transaction;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Whether the archived WAL leads from a base backup to a recovery target. */
final class WalCheck {
  private final ObjectStore store;
  private final SiteKeys keys;
  private final StoredWal wal;

  WalCheck(ObjectStore store, SiteKeys keys, StoredWal wal) {
    this.store = store;
    this.keys = keys;
    this.wal = wal;
  }

  /**
   * Refuses a target that the WAL does not reach.
   *
   * @return what the operator should know, or null
   * @throws RestoreRefusedException with what is missing and what can be reached
   */
  @Nullable String require(SiteName site, BaseBackup backup, RecoveryOptions recovery)
      throws IOException {
    TimelinePath path = new TimelinePaths(store, keys, wal).path(backup, recovery.timeline());
    WalChain chain = wal.chain(backup.startSegment(), path.timeline(), path.switches());
    WalSegmentName last = chain.last();
    WalSegmentName end = BackupChoice.endSegment(backup);
    WalSegmentSize size = wal.segmentSize();
    if (last == null || last.number(size) < end.number(size)) {
      throw new RestoreRefusedException(
          "base backup %s of site %s cannot be restored: it needs the WAL segments %s to %s, and %s"
              .formatted(backup.name(), site, backup.startSegment(), end, missing(chain)));
    }
    return requireTarget(backup, recovery.target(), new Reach(last, chain.gap()));
  }

  /** How far recovery can come. */
  private record Reach(WalSegmentName last, @Nullable WalGap gap) {
    String end() {
      return gap == null
          ? "the archived WAL ends with segment " + last
          : "the archived WAL has a gap: " + gap;
    }
  }

  private @Nullable String requireTarget(BaseBackup backup, RecoveryTarget target, Reach reach)
      throws IOException {
    if (target instanceof Latest && reach.gap() != null) {
      Instant until = archived(reach.last());
      throw new RestoreRefusedException(
          "%s. Recovery from base backup %s cannot pass it; give a target before the gap, such as a"
                  .formatted(reach.end(), backup.name())
              + " time up to %s, or name a later base backup"
                  .formatted(until == null ? "then" : RecoveryTime.format(until)));
    }
    if (target instanceof Time time) {
      Instant until = archived(reach.last());
      if (until != null && time.time().isAfter(until)) {
        throw new RestoreRefusedException(
            "the target time %s cannot be reached: %s. From base backup %s recovery can go to any"
                    .formatted(RecoveryTime.format(time.time()), reach.end(), backup.name())
                + " time from %s to %s"
                    .formatted(
                        RecoveryTime.format(BackupChoice.endTime(backup)),
                        RecoveryTime.format(until)));
      }
    }
    if (target instanceof AtLsn at) {
      WalSegmentSize size = wal.segmentSize();
      long last = reach.last().number(size);
      if (Long.compareUnsigned(at.lsn().value() / size.bytes(), last) > 0) {
        throw new RestoreRefusedException(
            "the target LSN %s cannot be reached: %s. From base backup %s recovery can go up to %s"
                .formatted(
                    at.lsn(), reach.end(), backup.name(), reach.last().next(size).startLsn(size)));
      }
    }
    if ((target instanceof Name || target instanceof Transaction) && reach.gap() != null) {
      return reach.end() + ". If the recovery target lies behind it, recovery will stop there";
    }
    return null;
  }

  private static String missing(WalChain chain) {
    WalGap gap = chain.gap();
    return gap == null
        ? "the archive ends " + (chain.last() == null ? "before them" : "with " + chain.last())
        : gap.toString();
  }

  /**
   * When a segment was archived; everything in it happened before. Many stores tell the second
   * alone: then it is the end of that second.
   */
  private @Nullable Instant archived(WalSegmentName segment) throws IOException {
    WalFileName name = WalFileName.parse(segment.toString());
    for (StoredObject object : store.list(keys.wal(name).text())) {
      if (object.key().equals(keys.wal(name))) {
        Instant time = object.lastModified();
        boolean whole = time.equals(time.truncatedTo(ChronoUnit.SECONDS));
        return whole ? time.plusSeconds(1) : time;
      }
    }
    return null;
  }
}
