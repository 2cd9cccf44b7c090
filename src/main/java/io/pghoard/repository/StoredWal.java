// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
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

  /** For each timeline the number of the last segment of which at least a part is stored. */
  private final Map<Integer, Long> latest = new TreeMap<>(UNSIGNED);

  private final SortedSet<Integer> histories = new TreeSet<>(UNSIGNED);
  private final Set<String> damaged;

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
    return of(names, List.of(), size);
  }

  /**
   * The same, of an archive of which some objects are known to be of no use.
   *
   * @param damaged names of such objects; those that are no WAL's are passed over
   */
  static StoredWal of(Collection<String> names, Collection<String> damaged, WalSegmentSize size) {
    StoredWal stored = new StoredWal(size, damaged);
    for (String name : names) {
      if (WalFileName.matches(name)) {
        stored.add(WalFileName.parse(name));
      }
    }
    return stored;
  }

  private void add(WalFileName file) {
    switch (file.kind()) {
      case SEGMENT -> {
        if (!damaged.contains(file.text())) {
          addSegment(file.segment());
        }
        addLatest(file.segment());
      }
      case PARTIAL -> addLatest(file.segment());
      case HISTORY -> {
        if (!damaged.contains(file.text())) {
          histories.add(Integer.parseUnsignedInt(file.text().substring(0, 8), 16));
        }
      }
      case BACKUP -> {}
    }
  }

  private void addLatest(WalSegmentName segment) {
    latest.merge(segment.timeline(), segment.number(size), Math::max);
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

  /** The timelines of which there are segments, the lowest first; unsigned. */
  public List<Integer> timelines() {
    return List.copyOf(runs.keySet());
  }

  /** The timelines whose history is stored, the lowest first; unsigned. */
  public List<Integer> histories() {
    return List.copyOf(histories);
  }

  public boolean contains(WalSegmentName segment) {
    Long last = lastOfRun(segment.timeline(), segment.number(size));
    return last != null;
  }

  /**
   * Whether any segment after this one, or a part of one, is stored of the same timeline: then this
   * one belongs to the archive, and if it is missing, it is lost.
   */
  public boolean hasLaterSegment(WalSegmentName segment) {
    Long last = latest.get(segment.timeline());
    return last != null && last > segment.number(size);
  }

  /** The last whole segment of a timeline, or null when it has none. */
  public @Nullable WalSegmentName newest(int timeline) {
    NavigableMap<Long, Long> of = of(timeline);
    return of.isEmpty() ? null : name(of.lastEntry().getValue(), timeline);
  }

  /** The segments that are missing between those of a timeline. */
  public List<WalGap> gaps(int timeline) {
    List<WalGap> gaps = new ArrayList<>();
    Long before = null;
    for (Map.Entry<Long, Long> run : of(timeline).entrySet()) {
      if (before != null) {
        gaps.add(gap(name(before + 1, timeline), name(run.getKey(), timeline)));
      }
      before = run.getValue();
    }
    return gaps;
  }

  private WalGap gap(WalSegmentName missing, WalSegmentName present) {
    return new WalGap(missing, present, damaged.contains(missing.toString()));
  }

  /** The first segment that is missing of those from one to another of its timeline, or null. */
  public @Nullable WalSegmentName firstMissing(WalSegmentName from, WalSegmentName to) {
    long number = from.number(size);
    Long last = lastOfRun(from.timeline(), number);
    long missing = last == null ? number : last + 1;
    return missing > to.number(size) ? null : name(missing, from.timeline());
  }

  /**
   * Follows the WAL from a base backup's first segment to the end of a timeline.
   *
   * <p>The segment in which a timeline was left exists on the next one too, with the same bytes up
   * to there; recovery reads it there.
   *
   * @param switches where the timelines before {@code target} were left, the oldest first: those of
   *     its history file; none for a timeline without one
   * @throws IllegalArgumentException when the timeline does not come after the first segment: it
   *     was left before, or the history does not know it
   */
  public WalChain chain(WalSegmentName first, int target, List<WalChain.Switch> switches) {
    WalSegmentName last = null;
    long next = first.number(size);
    List<Leg> legs = legs(first, target, switches);
    if (legs.get(0).timeline() != first.timeline() || legs.get(0).last() + 1 < next) {
      throw new IllegalArgumentException(
          "timeline %s does not come after the segment %s"
              .formatted(Integer.toUnsignedString(target), first));
    }
    for (Leg leg : legs) {
      while (next <= leg.last()) {
        Long end = lastOfRun(leg.timeline(), next);
        if (end == null) {
          WalSegmentName missing = name(next, leg.timeline());
          WalSegmentName present = presentAfter(next, legs);
          return new WalChain(first, last, present == null ? null : gap(missing, present));
        }
        long reached = Math.min(end, leg.last());
        last = name(reached, leg.timeline());
        next = reached + 1;
      }
    }
    return new WalChain(first, last, null);
  }

  /** The segments of one timeline that recovery reads, up to the last one. */
  private record Leg(int timeline, long last) {}

  private List<Leg> legs(WalSegmentName first, int target, List<WalChain.Switch> switches) {
    List<Leg> legs = new ArrayList<>();
    for (WalChain.Switch left : switches) {
      if (Integer.compareUnsigned(left.timeline(), first.timeline()) >= 0) {
        long at = WalSegmentName.containing(left.switchPoint(), target, size).number(size);
        legs.add(new Leg(left.timeline(), at - 1));
      }
    }
    legs.add(new Leg(target, Long.MAX_VALUE - 1));
    return legs;
  }

  private @Nullable WalSegmentName presentAfter(long number, List<Leg> legs) {
    long from = number;
    for (Leg leg : legs) {
      if (leg.last() < from) {
        continue;
      }
      Long present = of(leg.timeline()).ceilingKey(from);
      if (present != null && present <= leg.last()) {
        return name(present, leg.timeline());
      }
      from = leg.last() + 1;
    }
    return null;
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
