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
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one site's objects, and which of them are to be read now.
 *
 * <p>One that looks damaged is read again in the next run before it is marked, as a connection that
 * broke looks like that too; one that the store would not give, twice again.
 */
final class SiteScrub {
  private static final Logger LOG = LoggerFactory.getLogger(SiteScrub.class);

  /** Marked objects are read again so often: somebody may have put them back. */
  private static final Duration MARKS_AGE = Duration.ofDays(1);

  private static final int RUNS_UNREAD = 3;

  private final SiteName site;
  private final Deque<ObjectKey> pending = new ArrayDeque<>();
  private final Set<ObjectKey> again = new LinkedHashSet<>();
  private final Set<ObjectKey> suspects = new HashSet<>();
  private final Map<ObjectKey, Integer> unread = new HashMap<>();
  private Set<ObjectKey> marked = Set.of();
  private @Nullable Instant marksReadAt;
  private Instant until;
  private Instant pendingUntil;
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
    this.pendingUntil = until;
    this.since = until;
  }

  /**
   * Finds out what is to be read now, unless there is something left of before.
   *
   * @param stored all that is read at all
   */
  synchronized void refill(
      ScrubTurns turns, Instant now, Set<ObjectKey> stored, DamageMarks marks, SiteKeys keys)
      throws IOException {
    if (!pending.isEmpty()) {
      return;
    }
    marked = current(stored, marks, keys);
    // Where the clock was put back there is no turn to come for long.
    Instant after = until.isAfter(now) ? now.minus(turns.interval()) : until;
    Set<ObjectKey> due = new TreeSet<>(again);
    again.clear();
    stored.stream().filter(key -> turns.isBetween(key, after, now)).forEach(due::add);
    if (marksReadAt == null || !now.isBefore(marksReadAt.plus(MARKS_AGE))) {
      marksReadAt = now;
      due.addAll(marked);
    }
    if (turns.isNewRound(after, now)) {
      if (objects > 0) {
        LOG.info(
            "Site {}: scrub: {} objects, {} bytes, have been read since {}; {} are damaged",
            site,
            objects,
            bytes,
            since,
            marked.size());
      }
      since = now;
      objects = 0;
      bytes = 0;
    }
    pending.addAll(due);
    pendingUntil = now;
  }

  /** The marked objects, without those that nobody needs any more. */
  private static Set<ObjectKey> current(Set<ObjectKey> stored, DamageMarks marks, SiteKeys keys)
      throws IOException {
    Set<String> backups =
        stored.stream()
            .filter(key -> key.text().startsWith(keys.baseBackups()))
            .map(keys::baseBackupOf)
            .collect(Collectors.toSet());
    Set<ObjectKey> current = new TreeSet<>();
    for (ObjectKey object : marks.objects()) {
      String backup = keys.baseBackupOf(object);
      if (backup == null ? stored.contains(object) : backups.contains(backup)) {
        current.add(object);
      } else {
        marks.clear(object);
      }
    }
    return current;
  }

  synchronized @Nullable ObjectKey next() {
    return pending.poll();
  }

  synchronized boolean hasNext() {
    return !pending.isEmpty();
  }

  /** An object was read and is whole. */
  synchronized void whole(ObjectKey key, long size, DamageMarks marks) throws IOException {
    objects++;
    bytes += size;
    forget(key);
    if (marked.contains(key)) {
      marks.clear(key);
      marked = without(key);
      LOG.info("Site {}: {} was marked as damaged, and is whole again", site, key);
    }
  }

  /**
   * An object is not what was stored.
   *
   * @param seen in which object that was noticed, to be read again
   */
  synchronized void damaged(ObjectKey key, ObjectKey seen, String why, DamageMarks marks) {
    unread.remove(key);
    if (marked.contains(key)) {
      return;
    }
    if (suspects.add(key)) {
      again.add(seen);
      LOG.warn("Site {}: {} looks damaged, and will be read again: {}", site, key, why);
      return;
    }
    mark(key, seen, why, marks);
  }

  /** The store did not give an object, or not all of it. */
  synchronized void unread(ObjectKey key, String why, DamageMarks marks) {
    if (failure == null) {
      failure = key + " could not be read: " + why;
    }
    if (!marked.contains(key)) {
      if (unread.merge(key, 1, Integer::sum) >= RUNS_UNREAD) {
        mark(key, key, "it could not be read, %d times: %s".formatted(RUNS_UNREAD, why), marks);
      } else {
        again.add(key);
      }
    }
  }

  private void mark(ObjectKey key, ObjectKey seen, String why, DamageMarks marks) {
    try {
      marks.mark(key, why);
    } catch (IOException e) {
      again.add(seen);
      failure = "%s is damaged (%s), which cannot be noted: %s".formatted(key, why, e.getMessage());
      return;
    }
    Set<ObjectKey> more = new TreeSet<>(marked);
    more.add(key);
    marked = more;
    forget(key);
  }

  /** An object was deleted before it was read. */
  synchronized void gone(ObjectKey key) {
    forget(key);
  }

  private void forget(ObjectKey key) {
    suspects.remove(key);
    unread.remove(key);
  }

  private Set<ObjectKey> without(ObjectKey key) {
    Set<ObjectKey> rest = new TreeSet<>(marked);
    rest.remove(key);
    return rest;
  }

  /**
   * Ends a run.
   *
   * @return what could not be read, or null
   */
  synchronized @Nullable String ended() {
    if (pending.isEmpty()) {
      until = pendingUntil;
    }
    String told = failure;
    failure = null;
    return told;
  }

  synchronized List<ObjectKey> marked() {
    return new ArrayList<>(marked);
  }

  /** The moment up to which each object has had its turn, and what was read since when. */
  synchronized ScrubProgress progress() {
    return new ScrubProgress(until, since, objects, bytes, marked.size());
  }
}
