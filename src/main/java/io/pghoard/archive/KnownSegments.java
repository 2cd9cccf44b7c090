// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalRecords;
import io.pghoard.postgres.WalSegmentName;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What this process knows of the records of segments near those that it stores. */
final class KnownSegments {
  // Some 300 bytes each; more than a record of 1 GiB fills in segments of 1 MiB.
  private static final int LIMIT = 2048;

  /** Where a segment belongs. */
  record Place(SiteName site, String prefix, WalSegmentName segment) {}

  private enum State {
    /** It is being stored. */
    COMING,
    /** This process has stored it. */
    OWN,
    /** It was found stored. */
    FOUND,
    /** Another segment is stored under its name. */
    CONFLICT
  }

  /**
   * What is known of one.
   *
   * @param since counts, so that it tells what came first
   */
  private record Known(State state, @Nullable WalRecords records, long since) {}

  private final Map<Place, Known> known = new LinkedHashMap<>();
  private long count;

  synchronized void begin(Place place, WalRecords records) {
    if (!isConflict(place)) {
      put(place, State.COMING, records);
    }
  }

  synchronized void found(Place place, WalRecords records) {
    put(place, State.FOUND, records);
  }

  synchronized void stored(Place place) {
    Known before = known.get(place);
    if (before != null && before.state() != State.FOUND) {
      put(place, State.OWN, before.records());
    }
  }

  synchronized void conflict(Place place) {
    put(place, State.CONFLICT, null);
  }

  /** Forgets one that was not stored after all. */
  synchronized void failed(Place place) {
    Known before = known.get(place);
    if (before != null && before.state() == State.COMING) {
      known.remove(place);
    }
  }

  private void put(Place place, State state, @Nullable WalRecords records) {
    known.remove(place);
    known.put(place, new Known(state, records, count++));
    if (known.size() > LIMIT) {
      known.remove(known.keySet().iterator().next());
    }
  }

  synchronized boolean isStored(Place place) {
    Known found = known.get(place);
    return found != null && (found.state() == State.OWN || found.state() == State.FOUND);
  }

  synchronized boolean isComing(Place place) {
    Known found = known.get(place);
    return found != null && found.state() == State.COMING;
  }

  /** Whether this process has stored one after it was handed another one. */
  synchronized boolean isOwnAfter(Place place, Place other) {
    Known found = known.get(place);
    Known before = known.get(other);
    return found != null
        && before != null
        && found.state() == State.OWN
        && found.since() > before.since();
  }

  synchronized boolean isConflict(Place place) {
    Known found = known.get(place);
    return found != null && found.state() == State.CONFLICT;
  }

  /** Null when nothing is known of its records. */
  synchronized @Nullable WalRecords records(Place place) {
    Known found = known.get(place);
    return found == null ? null : found.records();
  }
}
