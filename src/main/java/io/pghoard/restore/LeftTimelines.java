// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.recovery.LastCommits.Stretch;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.recovery.WalReach;
import io.pghoard.repository.BaseBackup;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The timelines that a way leaves, and that went on: after a point-in-time recovery, what there was
 * at a later time lies on the timeline that was left, and not on the one that the server takes.
 */
record LeftTimelines(TimelineTree tree, TimelineHistory way, RecoveryPlanner.CommitSource commits) {
  /**
   * Refuses a time at which a timeline that was left had what the way has not.
   *
   * @return what the operator should know, where it cannot be told
   */
  List<String> require(BaseBackup backup, Instant wanted) throws IOException {
    List<String> notes = new ArrayList<>();
    for (TimelineHistory.Switch left : way.switches()) {
      WalSegmentName start = backup.startSegment();
      Instant end = end(left);
      if (Integer.compareUnsigned(left.timeline(), start.timeline()) < 0
          || end == null
          || wanted.isAfter(end)) {
        continue;
      }
      String timeline = TimelineChoice.text(left.timeline());
      String both =
          "and there is WAL of it until %s; to restore what it had at the target time, use --recovery-target-timeline %s"
              .formatted(RecoveryTime.format(end), timeline);
      Instant at = time(left.reason());
      if (at != null && !wanted.isBefore(at)) {
        throw new RestoreRefusedException(
            "the target time %s lies after timeline %s was left for the next one, %s, %s; for what timeline %s has, use --recovery-target-timeline %s"
                .formatted(
                    RecoveryTime.format(wanted),
                    timeline,
                    left.reason(),
                    both,
                    TimelineChoice.text(way.timeline()),
                    TimelineChoice.text(way.timeline())));
      }
      if (at == null && !isBefore(wanted, left, start)) {
        notes.add(
            "timeline %s was left for the next one at %s, perhaps before the target time, %s"
                .formatted(timeline, left.switchPoint(), both));
      }
    }
    return notes;
  }

  /** When the last transaction ended on a timeline after it was left, or null. */
  private @Nullable Instant end(TimelineHistory.Switch left) throws IOException {
    WalSegmentSize size = tree.wal().segmentSize();
    WalSegmentName first = WalSegmentName.containing(left.switchPoint(), left.timeline(), size);
    WalSegmentName last = tree.wal().lastOfRun(first);
    return last == null ? null : lastCommit(left.timeline(), first, last);
  }

  /** Whether a time is certainly not after a timeline was left. */
  private boolean isBefore(Instant wanted, TimelineHistory.Switch left, WalSegmentName start)
      throws IOException {
    WalSegmentSize size = tree.wal().segmentSize();
    long number =
        WalSegmentName.containing(left.switchPoint(), left.timeline(), size).number(size) - 1;
    if (number < start.number(size)) {
      return false;
    }
    WalSegmentName last = tree.read(way, number);
    Instant before = lastCommit(left.timeline(), start.onTimeline(last.timeline()), last);
    return before != null && !wanted.isAfter(before);
  }

  private @Nullable Instant lastCommit(int timeline, WalSegmentName first, WalSegmentName last)
      throws IOException {
    TimelineHistory own =
        Objects.requireNonNullElse(tree.way(timeline), new TimelineHistory(timeline, List.of()));
    return commits.of(new Stretch(tree, own, new WalReach(first, last, null, null))).time();
  }

  /** The time in the reason of a switch, as a recovery to a target time writes it; or null. */
  private static @Nullable Instant time(String reason) {
    String text = reason.strip().replaceFirst("^(before|after) ", "");
    try {
      return RecoveryTime.parse("time", text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
