// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalGap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The timelines of a site, known from all that is stored of it: history files, later histories that
 * name earlier timelines, WAL segments and parts of them, backup history files, and marks.
 *
 * <p>PostgreSQL reads a history file as the way to the end of its timeline, and numbers timelines
 * as they come: of the children of one timeline the one with the highest number is the newest
 * ({@code findNewestTimeLine} in its {@code timeline.c}).
 */
public final class TimelineTree {
  private final StoredWal wal;
  private final NavigableMap<Integer, TimelineHistory> histories =
      new TreeMap<>(Integer::compareUnsigned);

  private final Map<Integer, String> unreadable;

  /**
   * A tree of what is stored.
   *
   * @param unreadable the timelines whose stored history cannot be understood, and why
   */
  public TimelineTree(
      StoredWal wal, Collection<TimelineHistory> stored, Map<Integer, String> unreadable) {
    this.wal = wal;
    this.unreadable = Map.copyOf(unreadable);
    stored.forEach(history -> histories.put(history.timeline(), history));
  }

  /** The timelines whose stored history cannot be understood, and why. */
  public Map<Integer, String> unreadable() {
    return unreadable;
  }

  public StoredWal wal() {
    return wal;
  }

  /** All timelines of which anything tells, the newest first; unsigned. */
  public List<Integer> timelines() {
    NavigableSet<Integer> all =
        new TreeSet<>(Comparator.comparing(Integer::toUnsignedLong).reversed());
    all.addAll(wal.shownTimelines());
    for (TimelineHistory history : histories.values()) {
      history.switches().forEach(left -> all.add(left.timeline()));
    }
    return List.copyOf(all);
  }

  /**
   * The timelines that recovery goes through to the end of one; the first timeline has no history.
   *
   * @return null when its history is not stored: the server does not recover to it
   */
  public @Nullable TimelineHistory way(int timeline) {
    return timeline == 1 ? new TimelineHistory(1, List.of()) : histories.get(timeline);
  }

  /** The way to a timeline, from the history of a later one too; or null. */
  private @Nullable TimelineHistory knownWay(int timeline) {
    TimelineHistory own = way(timeline);
    TimelineHistory later = own == null ? namedBy(timeline) : null;
    if (later == null) {
      return own;
    }
    List<TimelineHistory.Switch> before =
        later.switches().stream()
            .takeWhile(left -> Integer.compareUnsigned(left.timeline(), timeline) < 0)
            .toList();
    return new TimelineHistory(timeline, before);
  }

  /** A stored history of a later timeline that tells where this one was left, or null. */
  private @Nullable TimelineHistory namedBy(int timeline) {
    return histories.values().stream()
        .filter(history -> left(history, timeline) != null)
        .findFirst()
        .orElse(null);
  }

  private static TimelineHistory.@Nullable Switch left(TimelineHistory way, int timeline) {
    return way.switches().stream()
        .filter(left -> left.timeline() == timeline)
        .findFirst()
        .orElse(null);
  }

  /**
   * A stored file that shows that a timeline's history was written: that of a later timeline which
   * names it, or any other file of the timeline itself; or null. The first one never has a history.
   */
  public @Nullable String proofOfHistory(int timeline) {
    if (timeline == 1) {
      return null;
    }
    String own = wal.proofOf(timeline);
    if (own != null) {
      return own;
    }
    TimelineHistory later = namedBy(timeline);
    if (later != null) {
      return WalFileName.history(later.timeline()).text();
    }
    return wal.hadHistory(timeline) ? WalFileName.history(timeline).text() : null;
  }

  /**
   * A stored file that shows that a segment was written to its end, or without which recovery would
   * leave the way to its timeline; or null.
   */
  public @Nullable String proofOf(WalSegmentName segment) {
    WalSegmentSize size = wal.segmentSize();
    TimelineHistory way = knownWay(segment.timeline());
    // A server before PostgreSQL 13 asks for segments of a timeline before its beginning too.
    if (way != null && segment.number(size) < begin(way)) {
      return null;
    }
    String own = wal.proofOf(segment);
    if (own != null) {
      return own;
    }
    for (TimelineHistory history : histories.values()) {
      TimelineHistory.Switch left = left(history, segment.timeline());
      if (left != null && segment.number(size) < number(left.switchPoint())) {
        return WalFileName.history(history.timeline()).text();
      }
    }
    // Once it has read the first segment of a timeline, the server goes back to none before it.
    if (way == null || segment.number(size) != begin(way)) {
      return null;
    }
    WalSegmentName astray = astray(way, segment, 0);
    return astray == null ? null : astray.toString();
  }

  /** The number of the first segment of the last timeline on a way. */
  private long begin(TimelineHistory way) {
    return way.switches().isEmpty() ? 0 : number(way.begin());
  }

  private long number(Lsn lsn) {
    return Long.divideUnsigned(lsn.value(), wal.segmentSize().bytes());
  }

  /** Whether a base backup, from its first to its last segment, lies on a way. */
  public boolean leadsFrom(BaseBackup backup, TimelineHistory way) {
    WalSegmentName end = backup.endSegment();
    return liesOn(way, backup.startSegment()) && (end == null || liesOn(way, end));
  }

  private boolean liesOn(TimelineHistory way, WalSegmentName segment) {
    long number = segment.number(wal.segmentSize());
    if (segment.timeline() == way.timeline()) {
      return number >= begin(way);
    }
    TimelineHistory.Switch left = left(way, segment.timeline());
    // A timeline that was left at the border of two segments has nothing of the later one.
    return left != null && number <= number(new Lsn(left.switchPoint().value() - 1));
  }

  /** The last of the timelines after one whose histories are stored without a missing number. */
  public int newestThatTheServerFinds(int from) {
    int newest = from;
    while (wal.histories().contains(newest + 1)) {
      newest++;
    }
    return newest;
  }

  /**
   * A timeline whose history the server asks for when it recovers from one timeline to another, and
   * does not get, although it was written; or null. It asks for those in between at its start
   * ({@code restoreTimeLineHistoryFiles} in PostgreSQL's {@code timeline.c}), and for later ones
   * when it looks for the number of a new timeline.
   */
  public @Nullable Integer missingHistory(int from, int to) {
    for (int timeline : timelines()) {
      if (Integer.compareUnsigned(timeline, from) >= 0
          && Integer.compareUnsigned(timeline, to) < 0
          && isMissing(timeline)) {
        return timeline;
      }
    }
    int next = newestThatTheServerFinds(to) + 1;
    return isMissing(next) ? next : null;
  }

  private boolean isMissing(int timeline) {
    return !wal.histories().contains(timeline) && proofOfHistory(timeline) != null;
  }

  /** Follows the WAL from a base backup on a way that leads from it. */
  public WalReach reach(BaseBackup backup, TimelineHistory way) {
    return new WalWalk(wal, legs(way, backup.startSegment().timeline()), backup).reach(this, way);
  }

  /** The segments of one timeline that recovery reads: from its first to before the next one's. */
  record Leg(int timeline, long end) {}

  private List<Leg> legs(TimelineHistory way, int from) {
    List<Leg> legs = new ArrayList<>();
    for (TimelineHistory.Switch left : way.switches()) {
      if (Integer.compareUnsigned(left.timeline(), from) >= 0) {
        // The segment in which a timeline was left is read on the next one.
        legs.add(new Leg(left.timeline(), number(left.switchPoint())));
      }
    }
    legs.add(new Leg(way.timeline(), Long.MAX_VALUE));
    return legs;
  }

  /**
   * What the server reads in place of the segment that it finds on no later timeline: that of an
   * earlier one, if it is stored, although it lies after the point where that one was left ({@code
   * XLogFileReadAnyTLI} in PostgreSQL's {@code xlogrecovery.c}).
   *
   * @param current the timeline of the segment that was read last: the server goes back to none
   *     before it
   */
  @Nullable WalSegmentName astray(TimelineHistory way, WalSegmentName segment, int current) {
    for (TimelineHistory.Switch left : way.switches()) {
      WalSegmentName earlier = segment.onTimeline(left.timeline());
      if (Integer.compareUnsigned(left.timeline(), segment.timeline()) < 0
          && Integer.compareUnsigned(left.timeline(), current) >= 0
          && number(left.switchPoint()) <= segment.number(wal.segmentSize())
          && wal.contains(earlier)) {
        return earlier;
      }
    }
    return null;
  }

  /** The name of a segment as recovery reads it on a way. */
  public WalSegmentName read(TimelineHistory way, long number) {
    for (Leg leg : legs(way, 0)) {
      if (number < leg.end()) {
        return WalSegmentName.ofNumber(number, leg.timeline(), wal.segmentSize());
      }
    }
    throw new IllegalStateException("the last timeline of a way has no end");
  }

  /** The gap at a segment, when a later one is stored on the rest of a way; or null. */
  @Nullable WalGap gapAt(TimelineHistory way, WalSegmentName missing) {
    long from = missing.number(wal.segmentSize());
    for (Leg leg : legs(way, missing.timeline())) {
      WalSegmentName next =
          wal.firstFrom(WalSegmentName.ofNumber(from, leg.timeline(), wal.segmentSize()));
      if (next != null && next.number(wal.segmentSize()) < leg.end()) {
        return wal.gap(missing, next);
      }
      from = Math.max(from, leg.end());
    }
    return null;
  }
}
