// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalRecords;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.WalRecordFacts;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether a segment and its stored neighbours are of one history; where they are not, as a
 * server was rolled back in between, the later one is marked before both can be seen.
 *
 * <p>Every segment is stored all the same: the new history is worth as much as the old one, and a
 * break that has happened must not stop archiving for ever.
 */
final class WalContinuity {
  private static final Logger LOG = LoggerFactory.getLogger(WalContinuity.class);

  /** A record has 1 GiB at most, and a segment at least 1 MiB: so many may have no record. */
  private static final int FARTHEST = 1025;

  private static final String REMEDY =
      "the server was rolled back (to a snapshot or a copy), pg_resetwal was run, or two servers"
          + " write this timeline";

  private final ObjectStore store;
  private final SiteKeys keys;
  private final WalSegmentSize size;
  private final SiteName site;
  private final KnownSegments known;

  private WalContinuity(WalOffer offer, ObjectStore store, KnownSegments known) {
    String key = offer.key().text();
    String prefix = key.substring(0, key.length() - offer.name().text().length());
    this.site = offer.site();
    this.store = store;
    this.keys = new SiteKeys(prefix.replaceFirst("/xlog/$", ""));
    this.size = new WalSegmentSize((int) offer.size());
    this.known = known;
  }

  /** Looks at a segment that was read, and is about to be stored. */
  static void check(WalOffer offer, ObjectStore store, KnownSegments known) throws IOException {
    Optional<WalRecords> records = records(offer);
    if (records.isPresent()) {
      new WalContinuity(offer, store, known).check(offer.name().segment(), records.get());
    }
  }

  /** Notes that a segment is stored. */
  static void stored(WalOffer offer, ObjectStore store, KnownSegments known) throws IOException {
    if (offer.name().kind() == WalFileName.Kind.SEGMENT) {
      new WalContinuity(offer, store, known).stored(offer.name().segment());
    }
  }

  /** Notes that another segment is stored under the name of the offered one. */
  static void conflicts(WalOffer offer, ObjectStore store, KnownSegments known) throws IOException {
    if (offer.name().kind() == WalFileName.Kind.SEGMENT) {
      new WalContinuity(offer, store, known).conflicts(offer.name().segment());
    }
  }

  /** Notes that a segment was not stored after all. */
  static void failed(WalOffer offer, ObjectStore store, KnownSegments known) {
    if (offer.name().kind() == WalFileName.Kind.SEGMENT) {
      WalContinuity failed = new WalContinuity(offer, store, known);
      known.failed(failed.place(offer.name().segment()));
    }
  }

  private static Optional<WalRecords> records(WalOffer offer) throws IOException {
    return offer.name().kind() == WalFileName.Kind.SEGMENT ? offer.records() : Optional.empty();
  }

  private void check(WalSegmentName segment, WalRecords records) throws IOException {
    WalSegmentName before = before(segment);
    boolean goesOn = before != null && known.isStored(place(before));
    // First, so that of two that are stored side by side, the second one sees the first.
    known.begin(place(segment), records);
    if (before != null && known.isConflict(place(before))) {
      mark(
          segment,
          segment,
          "different WAL is stored under the name of the segment before it, %s".formatted(before));
    } else if (records.continues() != null) {
      compare(segment, records.continues(), lastBefore(segment));
    }
    Lsn last = records.last() == null ? lastBefore(segment) : records.last();
    if (last != null) {
      compareNext(segment, last, goesOn);
    }
  }

  private void stored(WalSegmentName segment) throws IOException {
    known.stored(place(segment));
    WalSegmentName before = before(segment);
    if (before != null && known.isConflict(place(before))) {
      markStored(segment, before);
    }
  }

  private void conflicts(WalSegmentName segment) throws IOException {
    WalSegmentName next = segment.next(size);
    boolean ahead = known.isOwnAfter(place(next), place(segment));
    known.conflict(place(segment));
    if (ahead) {
      markStored(next, segment);
    }
  }

  private void compare(WalSegmentName segment, @Nullable Lsn continued, @Nullable Lsn last)
      throws IOException {
    if (continued != null && last != null && !continued.equals(last)) {
      mark(
          segment,
          segment,
          "it continues a record at %s, and the last record of the stored WAL before it is at %s"
              .formatted(continued, last));
    }
  }

  /**
   * Of one that is stored already, as segments are stored side by side or an earlier one failed.
   */
  private void compareNext(WalSegmentName segment, Lsn last, boolean goesOn) throws IOException {
    WalSegmentName next = segment;
    for (int i = 0; i < FARTHEST; i++) {
      next = next.next(size);
      // In the usual case nothing is there yet, and asking would cost a request for each segment.
      boolean silent = goesOn && !known.isComing(place(next));
      WalRecords records = silent ? known.records(place(next)) : records(next);
      if (records == null) {
        return;
      }
      Lsn continued = records.continues();
      if (continued != null && !continued.equals(last)) {
        mark(
            next,
            segment,
            "it continues a record at %s, and the last record of %s, before it, is at %s"
                .formatted(continued, segment, last));
      }
      if (records.first() != null) {
        return;
      }
    }
  }

  /** The last record that begins before a segment, or null when that is not known. */
  private @Nullable Lsn lastBefore(WalSegmentName segment) throws IOException {
    WalSegmentName at = before(segment);
    for (int i = 0; i < FARTHEST && at != null; i++) {
      WalRecords records = records(at);
      if (records == null || records.last() != null) {
        return records == null ? null : records.last();
      }
      at = before(at);
    }
    return null;
  }

  /**
   * What is stored counts, and only without it what is on its way here: that may turn out to be a
   * conflict.
   */
  private @Nullable WalRecords records(WalSegmentName segment) throws IOException {
    if (known.isStored(place(segment))) {
      return known.records(place(segment));
    }
    try (ObjectContent object = store.get(keys.wal(WalFileName.parse(segment.toString())))) {
      WalRecords records = WalRecordFacts.of(object.metadata()).orElse(null);
      if (records != null) {
        known.found(place(segment), records);
      }
      return records;
    } catch (ObjectMissingException e) {
      return known.records(place(segment));
    } catch (IllegalArgumentException | DateTimeException e) {
      LOG.warn("Site {}: the metadata of {} is damaged: {}", site, segment, e.getMessage());
      return null;
    }
  }

  /** Marks a segment, unless the offered one will not be stored, as its name is taken. */
  private void mark(WalSegmentName marked, WalSegmentName offered, String why) throws IOException {
    try {
      store.get(keys.wal(WalFileName.parse(offered.toString()))).close();
    } catch (ObjectMissingException e) {
      put(marked, why);
    }
  }

  private void markStored(WalSegmentName segment, WalSegmentName before) throws IOException {
    put(
        segment,
        "different WAL is stored under the name of the segment before it, %s".formatted(before));
  }

  private void put(WalSegmentName segment, String why) throws IOException {
    new HistoryBreaks(store, keys).mark(segment, why + ": " + REMEDY);
    LOG.error("Site {}: {} does not continue the stored WAL: {}: {}", site, segment, why, REMEDY);
  }

  private @Nullable WalSegmentName before(WalSegmentName segment) {
    long number = segment.number(size);
    return number == 0 ? null : WalSegmentName.ofNumber(number - 1, segment.timeline(), size);
  }

  private KnownSegments.Place place(WalSegmentName segment) {
    return new KnownSegments.Place(site, keys.prefix(), segment);
  }
}
