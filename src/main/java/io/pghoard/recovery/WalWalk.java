// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalGap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes from segment to segment as recovery does, until one is missing. */
final class WalWalk {
  private final StoredWal wal;
  private final List<TimelineTree.Leg> legs;
  private final BaseBackup backup;
  private final WalSegmentSize size;
  private @Nullable WalSegmentName last;

  WalWalk(StoredWal wal, List<TimelineTree.Leg> legs, BaseBackup backup) {
    this.wal = wal;
    this.legs = legs;
    this.backup = backup;
    this.size = wal.segmentSize();
  }

  WalReach reach(TimelineTree tree, TimelineHistory way) {
    WalSegmentName first = backup.startSegment();
    long next = first.number(size);
    for (TimelineTree.Leg leg : legs) {
      while (next < leg.end()) {
        WalSegmentName segment = WalSegmentName.ofNumber(next, leg.timeline(), size);
        if (wal.isBreak(segment) && last != null) {
          return new WalReach(
              first, last, new WalGap(segment, segment, WalGap.Kind.HISTORY_BREAK), null);
        }
        WalSegmentName end = end(segment);
        if (end == null) {
          WalGap gap = tree.gapAt(way, segment);
          int current = last == null ? first.timeline() : last.timeline();
          return new WalReach(
              first, last, gap, gap == null ? tree.astray(way, segment, current) : null);
        }
        WalSegmentName broken = wal.firstBreakAfter(segment);
        long stop = broken == null ? leg.end() : Math.min(leg.end(), broken.number(size));
        next = Math.min(end.number(size) + 1, stop);
        last = WalSegmentName.ofNumber(next - 1, leg.timeline(), size);
      }
    }
    throw new IllegalStateException("the last timeline of a way has no end");
  }

  /** The last segment that is there without a gap from one on: stored, or in the backup itself. */
  private @Nullable WalSegmentName end(WalSegmentName segment) {
    WalSegmentName end = wal.lastOfRun(segment);
    return end == null && backup.brings(segment) ? segment : end;
  }
}
