// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.StorageConfig;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PythonTime;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the metadata of WAL segments say of time; remembered, as it never changes. */
final class SegmentTimes {
  private static final int MOST_REMEMBERED = 4096;

  /** One segment in one storage. */
  private record Place(StorageConfig storage, ObjectKey key) {}

  /**
   * The times of one segment.
   *
   * @param scanned whether its records were looked at when it was archived
   * @param lastCommit when the last transaction ended that ends in it, or null
   * @param stored when the store got it, at the latest
   */
  record Times(boolean scanned, @Nullable Instant lastCommit, Instant stored) {}

  private final Map<Place, Times> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Place, Times> eldest) {
              return size() > MOST_REMEMBERED;
            }
          });

  /** Whether a segment can be told of without asking the store. */
  boolean knows(SiteConfig site, WalSegmentName segment) {
    return known.containsKey(place(site, segment));
  }

  /** The times of a segment, or null when it is not there. */
  @Nullable Times of(SiteConfig site, ObjectStore store, WalSegmentName segment)
      throws IOException {
    Place place = place(site, segment);
    Times times = known.get(place);
    if (times == null) {
      for (StoredObject object : store.list(place.key().text())) {
        if (object.key().equals(place.key())) {
          times = times(object);
          known.put(place, times);
        }
      }
    }
    return times;
  }

  private static Place place(SiteConfig site, WalSegmentName segment) {
    return new Place(
        site.storage(), new SiteKeys(site.prefix()).wal(WalFileName.parse(segment.toString())));
  }

  private static Times times(StoredObject object) throws IOException {
    Instant time = object.lastModified();
    // Many stores tell the second alone: then it is the end of that second.
    boolean whole = time.equals(time.truncatedTo(ChronoUnit.SECONDS));
    Instant stored = whole ? time.plusSeconds(1) : time;
    String commit = object.metadata().get("last-commit-time");
    if (commit == null || !object.metadata().containsKey("last-record")) {
      return new Times(false, null, stored);
    }
    try {
      return new Times(true, commit.equals("none") ? null : PythonTime.parse(commit), stored);
    } catch (DateTimeException e) {
      throw new IOException(
          "the metadata of %s has a last-commit-time that is not a time: %s"
              .formatted(object.key(), commit),
          e);
    }
  }
}
