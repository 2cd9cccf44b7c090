// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import io.pghoard.config.SiteName;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one site's objects, and which of them are to be read now.
 *
 * <p>One that looks damaged is read again in the next run before it is marked, as a connection that
 * broke looks like that too. One that the store would not give is read again until it does, and
 * told: it may be whole.
 */
final class SiteScrub {
  private static final Logger LOG = LoggerFactory.getLogger(SiteScrub.class);

  /** Marked objects are read again so often: somebody may have put them back. */
  private static final Duration MARKS_AGE = Duration.ofDays(1);

  /** So many runs in a row without an answer are told as an alert. */
  private static final int RUNS_UNREAD = 3;

  /**
   * An object whose turn it is, and when that was; null for one that is read for another reason.
   */
  private record Due(ObjectKey key, @Nullable Instant turn) {}

  private record Unread(int runs, String why) {}

  private final SiteName site;
  private final Deque<Due> pending = new ArrayDeque<>();
  private final Set<Due> again = new LinkedHashSet<>();
  private final Set<ObjectKey> suspects = new HashSet<>();
  private final Map<ObjectKey, Unread> unread = new TreeMap<>();
  private @Nullable Set<ObjectKey> marked;
  private @Nullable Instant marksReadAt;
  private @Nullable Instant reading;
  private Instant until;
  private Instant since;
  private long objects;
  private long bytes;
  private @Nullable String failure;

  /**
   * @param until the moment up to which each object has had its turn
   */
  SiteScrub(SiteName site, Instant until) {
    this.site = site;
    this.until = until;
    this.since = until;
  }

  /**
   * Finds out what is to be read now: what is to be read again first, then what is left of the run
   * before, or else whose turn came since.
   *
   * @param turns null: none has a turn
   * @param stored all that is read at all
   * @param found the objects that were marked before that was listed
   */
  synchronized void refill(
      @Nullable ScrubTurns turns,
      Instant now,
      Set<ObjectKey> stored,
      Set<ObjectKey> found,
      DamageMarks marks)
      throws IOException {
    SiteKeys keys = marks.keys();
    Set<ObjectKey> current = current(stored, found, marks);
    marked = current;
    unread.keySet().retainAll(stored);
    suspects.removeIf(key -> !stored.contains(key) && !keys.isChunk(key));
    if (pending.isEmpty() && turns != null) {
      takeTurns(turns, now, stored);
    }
    if (marksReadAt == null || !now.isBefore(marksReadAt.plus(MARKS_AGE))) {
      marksReadAt = now;
      current.forEach(key -> again.add(new Due(key, null)));
    }
    again.forEach(pending::addFirst);
    again.clear();
  }

  private void takeTurns(ScrubTurns turns, Instant now, Set<ObjectKey> stored) {
    // Where the clock was put back there is no turn to come for long; where none was had for more
    // than an interval, each is due once.
    Instant longest = now.minus(turns.interval());
    Instant after = until.isAfter(now) || until.isBefore(longest) ? longest : until;
    Map<ObjectKey, Instant> due = new HashMap<>();
    for (ObjectKey key : stored) {
      Instant turn = turns.next(key, after);
      if (!turn.isAfter(now)) {
        due.put(key, turn);
      }
    }
    due.entrySet().stream()
        .sorted(Map.Entry.<ObjectKey, Instant>comparingByValue().thenComparing(Map.Entry::getKey))
        .forEach(each -> pending.add(new Due(each.getKey(), each.getValue())));
    if (turns.isNewRound(after, now)) {
      if (objects > 0) {
        LOG.info(
            "Site {}: scrub: {} objects, {} bytes, have been read since {}; {} are damaged",
            site,
            objects,
            bytes,
            since,
            marked().size());
      }
      since = now;
      objects = 0;
      bytes = 0;
    }
    until = now;
  }

  /** The marked objects, without those that nobody needs any more. */
  private static Set<ObjectKey> current(
      Set<ObjectKey> stored, Set<ObjectKey> found, DamageMarks marks) throws IOException {
    SiteKeys keys = marks.keys();
    Set<String> backups =
        stored.stream()
            .filter(key -> key.text().startsWith(keys.baseBackups()))
            .map(keys::baseBackupOf)
            .collect(Collectors.toSet());
    Set<ObjectKey> current = new TreeSet<>();
    for (ObjectKey object : found) {
      String backup = keys.baseBackupOf(object);
      if (stored.contains(object) || (backup != null && backups.contains(backup))) {
        current.add(object);
      } else {
        marks.clear(object);
      }
    }
    return current;
  }

  synchronized @Nullable ObjectKey next() {
    Due next = pending.poll();
    reading = next == null ? null : next.turn();
    return next == null ? null : next.key();
  }

  synchronized boolean hasNext() {
    return !pending.isEmpty();
  }

  /** An object was read and is whole. */
  synchronized void whole(ObjectKey key, long size, DamageMarks marks) throws IOException {
    objects++;
    bytes += size;
    forget(key);
    if (marked().contains(key) && !marks.isOfContent(key)) {
      mended(key, marks);
    }
  }

  /** A marked object is whole again. */
  synchronized void mended(ObjectKey key, DamageMarks marks) throws IOException {
    marks.clear(key);
    Set<ObjectKey> rest = new TreeSet<>(marked());
    if (rest.remove(key)) {
      marked = rest;
    }
    LOG.info("Site {}: {} was marked as damaged, and is whole again", site, key);
  }

  /** An object was marked outside of a run. */
  synchronized void found(ObjectKey key) {
    Set<ObjectKey> known = marked;
    if (known != null) {
      Set<ObjectKey> more = new TreeSet<>(known);
      more.add(key);
      marked = more;
    }
    suspects.remove(key);
    unread.remove(key);
  }

  /**
   * An object is not what was stored.
   *
   * @param seen in which object that was noticed, to be read again
   */
  synchronized void damaged(ObjectKey key, ObjectKey seen, String why, DamageMarks marks) {
    Instant turn = reading;
    reading = null;
    unread.remove(key);
    if (marked().contains(key)) {
      return;
    }
    if (suspects.add(key)) {
      again.add(new Due(seen, turn));
      LOG.warn("Site {}: {} looks damaged, and will be read again: {}", site, key, why);
      return;
    }
    try {
      marks.mark(key, why);
    } catch (IOException e) {
      again.add(new Due(seen, turn));
      failure =
          "%s is damaged (%s), which cannot be recorded: %s".formatted(key, why, e.getMessage());
      return;
    }
    Set<ObjectKey> more = new TreeSet<>(marked());
    more.add(key);
    marked = more;
    forget(key);
  }

  /** Whether an object is whole could not be found out. */
  synchronized void unread(ObjectKey key, String why) {
    reading = null;
    if (failure == null) {
      failure = key + " could not be read: " + why;
    }
    Unread before = unread.get(key);
    unread.put(key, new Unread(before == null ? 1 : before.runs() + 1, why));
    // Without its turn: else all that was read since would be read again after a restart.
    again.add(new Due(key, null));
  }

  /** The run ends before an object was read to its end. */
  synchronized void postponed(ObjectKey key) {
    again.add(new Due(key, reading));
    reading = null;
  }

  /** An object was deleted before it was read. */
  synchronized void gone(ObjectKey key) {
    forget(key);
  }

  private void forget(ObjectKey key) {
    reading = null;
    suspects.remove(key);
    unread.remove(key);
  }

  /** What could not be read in this run, or null; the next one begins anew. */
  synchronized @Nullable String ended() {
    String told = failure;
    failure = null;
    return told;
  }

  /** Whether it is known which objects are marked. */
  synchronized boolean isKnown() {
    return marked != null;
  }

  synchronized Set<ObjectKey> marked() {
    Set<ObjectKey> known = marked;
    return known == null ? Set.of() : known;
  }

  /** The objects that the store has not given in several runs, and why. */
  synchronized Map<ObjectKey, String> unreadable() {
    Map<ObjectKey, String> unreadable = new TreeMap<>();
    unread.forEach(
        (key, each) -> {
          if (each.runs() >= RUNS_UNREAD) {
            unreadable.put(key, each.why());
          }
        });
    return unreadable;
  }

  synchronized ScrubProgress progress() {
    // What is being read, or is to be read again, was not read yet as far as a restart knows.
    Instant next = reading;
    for (Due due : again) {
      next = earlier(next, due.turn());
    }
    for (Due due : pending) {
      next = earlier(next, due.turn());
    }
    Instant reached = next == null ? until : next.minusMillis(1);
    return new ScrubProgress(reached, since, objects, bytes, marked().size());
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }
}
