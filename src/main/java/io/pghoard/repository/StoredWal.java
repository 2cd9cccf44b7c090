// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which WAL of a site is stored, known from the names alone. Its size is that of the gaps, not that
 * of the archive.
 */
public final class StoredWal {
  private static final Comparator<Integer> UNSIGNED = Integer::compareUnsigned;

  private final WalSegmentSize size;

  /** For each timeline the numbers of the segments, as runs: the first one and the last one. */
  private final Map<Integer, NavigableMap<Long, Long>> runs = new TreeMap<>(UNSIGNED);

  /** For each timeline the file that shows most of it. */
  private final Map<Integer, Shown> shown = new TreeMap<>(UNSIGNED);

  private final SortedSet<Integer> histories = new TreeSet<>(UNSIGNED);
  private final SortedSet<Integer> damagedHistories = new TreeSet<>(UNSIGNED);
  private final NavigableSet<WalSegmentName> breaks = new TreeSet<>();
  private final Set<String> damaged;

  /**
   * A stored file, and up to which segment it shows that all were written.
   *
   * @param whole the number after that of the last segment that was written to its end
   */
  private record Shown(WalFileName file, long whole) {
    // Of the files of one segment, a part of it tells most: the timeline ended in it.
    private static final Comparator<Shown> LATER =
        Comparator.<Shown, WalSegmentName>comparing(shown -> shown.file().segment())
            .thenComparing(shown -> shown.file().kind() == WalFileName.Kind.PARTIAL);
  }

  private StoredWal(WalSegmentSize size, Collection<String> damaged) {
    this.size = size;
    this.damaged = Set.copyOf(damaged);
  }

  /**
   * Learns from names.
   *
   * @param names of the objects below {@code xlog/} and {@code timeline/}, in any order; those that
   *     are not PostgreSQL's are passed over
   */
  public static StoredWal of(Collection<String> names, WalSegmentSize size) {
    return of(names, List.of(), List.of(), size);
  }

  /**
   * The same, of an archive of which some objects are known to be of no use.
   *
   * @param damaged names of such objects, stored or lost; those that are no WAL's are passed over
   * @param breaks the segments that do not continue those before them
   */
  public static StoredWal of(
      Collection<String> names,
      Collection<String> damaged,
      Collection<WalSegmentName> breaks,
      WalSegmentSize size) {
    StoredWal stored = new StoredWal(size, damaged);
    stored.breaks.addAll(breaks);
    for (String name : names) {
      if (WalFileName.matches(name)) {
        stored.add(WalFileName.parse(name));
      }
    }
    // What is marked was stored, even if it is lost by now.
    for (String name : damaged) {
      if (WalFileName.matches(name)) {
        stored.add(WalFileName.parse(name));
      }
    }
    return stored;
  }

  private void add(WalFileName file) {
    boolean good = !damaged.contains(file.text());
    if (file.kind() == WalFileName.Kind.HISTORY) {
      (good ? histories : damagedHistories).add(file.timeline());
      return;
    }
    if (good && file.kind() == WalFileName.Kind.SEGMENT) {
      addSegment(file.segment());
    }
    // A backup history file has the name of the segment in which its backup started.
    long number = file.segment().number(size);
    long whole = file.kind() == WalFileName.Kind.PARTIAL ? number : number + 1;
    shown.merge(file.timeline(), new Shown(file, whole), BinaryOperator.maxBy(Shown.LATER));
  }

  private void addSegment(WalSegmentName segment) {
    NavigableMap<Long, Long> of =
        runs.computeIfAbsent(segment.timeline(), timeline -> new TreeMap<>());
    long first = segment.number(size);
    long last = first;
    Map.Entry<Long, Long> before = of.floorEntry(first);
    if (before != null && before.getValue() >= first) {
      return;
    }
    if (before != null && before.getValue() == first - 1) {
      first = before.getKey();
    }
    Long after = of.remove(last + 1);
    of.put(first, after == null ? last : after);
  }

  public WalSegmentSize segmentSize() {
    return size;
  }

  /** Whether no segment is stored, nor a part of one. */
  public boolean isEmpty() {
    return shown.isEmpty();
  }

  /** The timelines of which there are segments, the lowest first; unsigned. */
  public List<Integer> timelines() {
    return List.copyOf(runs.keySet());
  }

  /** The timelines whose history is stored, the lowest first; unsigned. */
  public Set<Integer> histories() {
    return Collections.unmodifiableSet(histories);
  }

  /** All timelines of which there is anything, the lowest first; unsigned. */
  public List<Integer> shownTimelines() {
    SortedSet<Integer> all = new TreeSet<>(UNSIGNED);
    all.addAll(shown.keySet());
    all.addAll(histories);
    all.addAll(damagedHistories);
    return List.copyOf(all);
  }

  public boolean contains(WalSegmentName segment) {
    Long last = lastOfRun(segment.timeline(), segment.number(size));
    return last != null;
  }

  /**
   * A stored file of the same timeline that shows that this segment was written to its end: a later
   * segment or a part of one, or a backup that started in it or later; or null. A part of the
   * segment itself shows that its timeline ended in it.
   */
  public @Nullable String proofOf(WalSegmentName segment) {
    WalSegmentName next = firstFrom(segment);
    if (next != null && !next.equals(segment)) {
      return next.toString();
    }
    Shown last = shown.get(segment.timeline());
    return last == null || last.whole() <= segment.number(size) ? null : last.file().text();
  }

  /** A stored file other than its history that shows that a timeline exists, or null. */
  public @Nullable String proofOf(int timeline) {
    Shown last = shown.get(timeline);
    return last == null ? null : last.file().text();
  }

  /** Whether the history of a timeline is stored, or was, be it damaged. */
  public boolean hadHistory(int timeline) {
    return histories.contains(timeline) || damagedHistories.contains(timeline);
  }

  /** The last whole segment of a timeline, or null when it has none. */
  public @Nullable WalSegmentName newest(int timeline) {
    NavigableMap<Long, Long> of = of(timeline);
    return of.isEmpty() ? null : name(of.lastEntry().getValue(), timeline);
  }

  /** What recovery cannot pass of a timeline: missing segments between others, and breaks. */
  public List<WalGap> gaps(int timeline) {
    List<WalGap> gaps = new ArrayList<>();
    Long before = null;
    for (Map.Entry<Long, Long> run : of(timeline).entrySet()) {
      WalSegmentName first = name(run.getKey(), timeline);
      if (before != null) {
        gaps.add(gap(name(before + 1, timeline), first));
      }
      WalSegmentName last = name(run.getValue(), timeline);
      for (WalSegmentName broken : breaks.subSet(first, false, last, true)) {
        gaps.add(new WalGap(broken, broken, WalGap.Kind.HISTORY_BREAK));
      }
      before = run.getValue();
    }
    return gaps;
  }

  /** The gap between a segment that recovery does not get and the next one that it would. */
  public WalGap gap(WalSegmentName missing, WalSegmentName present) {
    return new WalGap(
        missing,
        present,
        damaged.contains(missing.toString()) ? WalGap.Kind.DAMAGED : WalGap.Kind.MISSING);
  }

  /** The first segment that is missing of those from one to another of its timeline, or null. */
  public @Nullable WalSegmentName firstMissing(WalSegmentName from, WalSegmentName to) {
    long number = from.number(size);
    Long last = lastOfRun(from.timeline(), number);
    long missing = last == null ? number : last + 1;
    return missing > to.number(size) ? null : name(missing, from.timeline());
  }

  /** The last one of the segments that are stored without a gap from this one on, or null. */
  public @Nullable WalSegmentName lastOfRun(WalSegmentName from) {
    Long last = lastOfRun(from.timeline(), from.number(size));
    return last == null ? null : name(last, from.timeline());
  }

  /** The first segment of a timeline from this one on that is stored, or null. */
  public @Nullable WalSegmentName firstFrom(WalSegmentName from) {
    NavigableMap<Long, Long> of = of(from.timeline());
    long number = from.number(size);
    if (lastOfRun(from.timeline(), number) != null) {
      return from;
    }
    Long next = of.ceilingKey(number);
    return next == null ? null : name(next, from.timeline());
  }

  /**
   * The first segment of a timeline after this one that does not continue those before, or null.
   */
  public @Nullable WalSegmentName firstBreakAfter(WalSegmentName segment) {
    WalSegmentName next = breaks.higher(segment);
    return next == null || next.timeline() != segment.timeline() ? null : next;
  }

  /** Whether this segment does not continue the one before it. */
  public boolean isBreak(WalSegmentName segment) {
    return breaks.contains(segment);
  }

  private @Nullable Long lastOfRun(int timeline, long number) {
    Map.Entry<Long, Long> run = of(timeline).floorEntry(number);
    return run == null || run.getValue() < number ? null : run.getValue();
  }

  private NavigableMap<Long, Long> of(int timeline) {
    NavigableMap<Long, Long> of = runs.get(timeline);
    return of == null ? new TreeMap<>() : of;
  }

  private WalSegmentName name(long number, int timeline) {
    return WalSegmentName.ofNumber(number, timeline, size);
  }
}
