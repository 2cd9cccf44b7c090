// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.recovery.LastCommit;
import io.pghoard.recovery.LastCommits.Stretch;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.recovery.WalReach;
import io.pghoard.repository.BaseBackup;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import io.pghoard.restore.RecoveryTarget.Immediate;
import io.pghoard.restore.RecoveryTarget.Latest;
import io.pghoard.restore.RecoveryTarget.Time;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether recovery stops at its target, or at the end of all WAL, and not before.
 *
 * @param reach as far as the stored WAL leads from the backup on the way
 */
record TargetCheck(
    TimelineTree tree,
    BaseBackup backup,
    TimelineHistory way,
    WalReach reach,
    RecoveryPlanner.CommitSource commits) {
  /**
   * Refuses a target that cannot be reached.
   *
   * @return what the operator should know
   */
  List<String> require(RecoveryOptions recovery) throws IOException {
    RecoveryTarget target = recovery.target();
    if (target instanceof Immediate) {
      return List.of();
    }
    if (target instanceof Time time) {
      List<String> notes =
          recovery.timeline().equals("latest")
              ? new LeftTimelines(tree, way, commits).require(backup, time.time())
              : List.of();
      String note = requireTime(time.time(), !Boolean.FALSE.equals(recovery.inclusive()));
      return note == null ? notes : Stream.concat(notes.stream(), Stream.of(note)).toList();
    }
    if (target instanceof AtLsn at) {
      requireLsn(at);
      return List.of();
    }
    if (reach.astray() != null) {
      throw new RestoreRefusedException(end() + ". " + instead());
    }
    if (reach.gap() == null) {
      return List.of();
    }
    if (target instanceof Latest) {
      throw new RestoreRefusedException(
          "%s. Recovery from base backup %s cannot pass it; give a target before the gap%s, or name a later base backup"
              .formatted(end(), backup.name(), suchAs()));
    }
    return List.of(end() + ". If the recovery target is after it, recovery will stop there");
  }

  private WalSegmentName last() {
    return Objects.requireNonNull(reach.last(), "a backup without its WAL was refused before");
  }

  /** How the stored WAL ends. */
  private String end() {
    WalSegmentName astray = reach.astray();
    if (astray != null) {
      return "of timeline %s, which begins at %s, no WAL is archived yet, and the server would read the segment %s of timeline %s in its place, past the point where that was left"
          .formatted(text(way.timeline()), way.begin(), astray, text(astray.timeline()));
    }
    return reach.gap() == null
        ? "the archived WAL ends with segment " + last()
        : "the archived WAL has a gap: " + reach.gap();
  }

  private String instead() {
    WalSegmentName astray = Objects.requireNonNull(reach.astray());
    return "On the server that runs on timeline %s, SELECT pg_switch_wal() archives it; to restore timeline %s instead, use --recovery-target-timeline %s"
        .formatted(text(way.timeline()), text(astray.timeline()), text(astray.timeline()));
  }

  private String suchAs() throws IOException {
    Instant until = lastCommit().latestTarget(true);
    return until == null || until.isBefore(backup.end())
        ? ", such as --recovery-target-immediate"
        : ", such as a time up to " + RecoveryTime.format(until);
  }

  private LastCommit lastCommit() throws IOException {
    return commits.of(new Stretch(tree, way, reach));
  }

  private @Nullable String requireTime(Instant wanted, boolean inclusive) throws IOException {
    LastCommit last = lastCommit();
    Instant until = last.latestTarget(inclusive);
    if (until != null && !wanted.isAfter(until)) {
      return last.exact()
          ? null
          : "it is not known when the last transaction in the archived WAL ended, only that it was by %s: if it was before the target time, the server ends with an error (recovery ended before configured recovery target was reached); then restore without a target"
              .formatted(RecoveryTime.format(until));
    }
    throw new RestoreRefusedException(
        "the target time %s cannot be reached: %s, and %s. %s"
            .formatted(RecoveryTime.format(wanted), end(), told(last), range(until)));
  }

  private static String told(LastCommit last) {
    Instant time = last.time();
    if (time == null) {
      return "no transaction has ended in it";
    }
    return last.exact()
        ? "the last transaction in it ended at %s, where a server that looks for a later one ends with an error"
            .formatted(RecoveryTime.format(time))
        : "it was archived by " + RecoveryTime.format(time);
  }

  /** What can be asked for in place of a time that is too late. */
  private String range(@Nullable Instant until) {
    String all =
        reach.gap() == null && reach.astray() == null
            ? "Without a target time, everything that is archived is restored. If the server still runs, SELECT pg_switch_wal() archives what it has written since"
            : reach.astray() == null ? "Or name a later base backup" : instead();
    return until == null || until.isBefore(backup.end())
        ? "No transaction that ended after base backup %s is archived yet, so there is no time to stop at. %s"
            .formatted(backup.name(), all)
        : "From base backup %s recovery can go to any time from %s to %s. %s"
            .formatted(
                backup.name(), RecoveryTime.format(backup.end()), RecoveryTime.format(until), all);
  }

  private void requireLsn(AtLsn at) throws RestoreRefusedException {
    WalSegmentSize size = tree.wal().segmentSize();
    if (Long.compareUnsigned(at.lsn().value() / size.bytes(), last().number(size)) > 0) {
      throw new RestoreRefusedException(
          "the target LSN %s cannot be reached: %s. From base backup %s recovery can go up to %s"
              .formatted(at.lsn(), end(), backup.name(), last().next(size).startLsn(size)));
    }
  }

  private static String text(int timeline) {
    return TimelineChoice.text(timeline);
  }
}
