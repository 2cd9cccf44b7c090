// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.repository.BaseBackup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which timeline a restore ends on. The newest is the one with the highest number, as for
 * PostgreSQL: what cannot be restored to it is refused with the timeline to ask for, and never
 * restored to an older one unasked.
 *
 * @param backups those that a restore may start from, at least one
 */
record TimelineChoice(TimelineTree tree, List<BaseBackup> backups) {
  /** The way to the newest timeline. */
  TimelineHistory newest() throws RestoreRefusedException {
    List<Integer> all = new ArrayList<>(tree.timelines());
    backups.forEach(backup -> all.add(backup.endOfWal().timeline()));
    int newest = all.stream().max(Integer::compareUnsigned).orElseThrow();
    TimelineHistory way = tree.way(newest);
    if (way == null) {
      throw withoutHistory(newest);
    }
    return requireBackup(way);
  }

  /** The way to a timeline that was asked for. */
  TimelineHistory numbered(int timeline) throws RestoreRefusedException {
    TimelineHistory way = tree.way(timeline);
    if (way != null) {
      return requireBackup(way);
    }
    if (tree.proofOfHistory(timeline) != null || isOfABackup(timeline)) {
      throw withoutHistory(timeline);
    }
    throw new RestoreRefusedException(
        "there is no history of timeline %s in the archive; there is the history of %s"
            .formatted(
                text(timeline),
                tree.wal().histories().stream().map(TimelineChoice::text).toList()));
  }

  /** The way to the timeline on which a base backup ended. */
  TimelineHistory current(BaseBackup backup) throws RestoreRefusedException {
    int timeline = backup.endOfWal().timeline();
    TimelineHistory way = tree.way(timeline);
    if (way == null) {
      throw new RestoreRefusedException(
          "base backup %s is of timeline %s, and %s that timeline: %s, or choose another base backup"
              .formatted(backup.name(), text(timeline), without(timeline), copy(timeline)));
    }
    return way;
  }

  /** The backups that lie on a way. */
  List<BaseBackup> on(TimelineHistory way) {
    return backups.stream().filter(backup -> tree.leadsFrom(backup, way)).toList();
  }

  private TimelineHistory requireBackup(TimelineHistory way) throws RestoreRefusedException {
    if (!on(way).isEmpty()) {
      return way;
    }
    throw new RestoreRefusedException(
        "timeline %s does not come from %s: %s. %s"
            .formatted(
                text(way.timeline()),
                backups.size() == 1
                    ? "base backup " + named(backups.get(0))
                    : "any base backup: "
                        + backups.stream()
                            .map(TimelineChoice::named)
                            .collect(Collectors.joining(", ")),
                tree(way),
                otherwise("Choose another base backup")));
  }

  private RestoreRefusedException withoutHistory(int timeline) {
    String proof = tree.proofOfHistory(timeline);
    return new RestoreRefusedException(
        "%s timeline %s%s, so nothing can be restored to it: %s. %s"
            .formatted(
                without(timeline),
                text(timeline),
                proof == null ? "" : ", which " + proof + " shows to exist",
                copy(timeline),
                otherwise("Or choose a base backup of another timeline")));
  }

  /** What to ask for in place of what cannot be restored. */
  private String otherwise(String without) {
    return tree.timelines().stream()
        .filter(timeline -> leads(tree.way(timeline)))
        .findFirst()
        .map(
            timeline ->
                "To restore timeline %s instead, use --recovery-target-timeline %s"
                    .formatted(text(timeline), text(timeline)))
        .orElse(without);
  }

  /** Whether a restore on a way is worth asking for: the server would get every history. */
  private boolean leads(@Nullable TimelineHistory way) {
    return way != null
        && on(way).stream()
            .map(backup -> backup.startSegment().timeline())
            .anyMatch(start -> tree.missingHistory(start, way.timeline()) == null);
  }

  private boolean isOfABackup(int timeline) {
    return backups.stream().anyMatch(backup -> backup.endOfWal().timeline() == timeline);
  }

  private String without(int timeline) {
    String why = tree.unreadable().get(timeline);
    return why == null
        ? "the archive has no history of"
        : "the archive has a history that cannot be understood (%s) of".formatted(why);
  }

  static String copy(int timeline) {
    return "copy %s from pg_wal of a server that has it into the archive (pghoard_archivecommand)"
        .formatted(WalFileName.history(timeline));
  }

  private static String named(BaseBackup backup) {
    return "%s, which is of timeline %s"
        .formatted(backup.name(), text(backup.endOfWal().timeline()));
  }

  private static String tree(TimelineHistory way) {
    StringBuilder text = new StringBuilder();
    way.switches().stream()
        .sorted(Comparator.comparing(left -> Integer.toUnsignedLong(left.timeline())))
        .forEach(
            left ->
                text.append("timeline ")
                    .append(text(left.timeline()))
                    .append(" was left at ")
                    .append(left.switchPoint())
                    .append(", "));
    return text + "then came timeline " + text(way.timeline());
  }

  static String text(int timeline) {
    return Integer.toUnsignedString(timeline);
  }
}
