// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.StorageConfig;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a recovery from passing a break in the history: PostgreSQL would find a record there that
 * does not continue the one before, take that for the end of the WAL, and open the cluster.
 */
final class BreakGuard {
  /** How long marks are remembered, as a recovery asks for many segments a second. */
  private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(10);

  /** Where a recovery that has replayed nothing yet stands, as %r of restore_command tells it. */
  private static final String BEGINNING = "0".repeat(24);

  /** Where a site's objects are. */
  private record Place(StorageConfig storage, String prefix) {}

  /** The marked segments of a site, and when they were read. */
  private record Marks(Set<WalSegmentName> segments, long read) {}

  private final Map<Place, Marks> known = new ConcurrentHashMap<>();

  /**
   * Refuses a segment that does not continue the one before it to a recovery that comes from there.
   *
   * @param restartPoint the name of the file from which the recovery would start anew (%r of
   *     restore_command), or null when the client does not tell
   * @throws WalGapException when the recovery cannot pass, or when nobody tells where it comes from
   *     and no base backup starts in the segment
   */
  void require(SiteConfig site, ObjectStore store, WalFileName name, @Nullable String restartPoint)
      throws IOException {
    if (name.kind() != Kind.SEGMENT || !marks(site, store).contains(name.segment())) {
      return;
    }
    WalSegmentName segment = name.segment();
    if (BEGINNING.equals(restartPoint)) {
      // It reads its checkpoint in this very segment.
      return;
    }
    boolean harmless;
    if (restartPoint != null && WalSegmentName.matches(restartPoint)) {
      harmless = !isBefore(WalSegmentName.parse(restartPoint), segment);
    } else {
      harmless = startsABackup(segment, store, site);
    }
    if (!harmless) {
      throw WalGapException.ofBreak(name);
    }
  }

  private static boolean startsABackup(WalSegmentName segment, ObjectStore store, SiteConfig site)
      throws IOException {
    return new Catalogue(store, new SiteKeys(site.prefix()))
        .baseBackups().stream().anyMatch(backup -> backup.startSegment().equals(segment));
  }

  private static boolean isBefore(WalSegmentName restartPoint, WalSegmentName segment) {
    return restartPoint.onTimeline(segment.timeline()).compareTo(segment) < 0;
  }

  private Set<WalSegmentName> marks(SiteConfig site, ObjectStore store) throws IOException {
    Place place = new Place(site.storage(), site.prefix());
    Marks marks = known.get(place);
    if (marks == null || System.nanoTime() - marks.read() > REMEMBERED) {
      Set<WalSegmentName> segments =
          Set.copyOf(new HistoryBreaks(store, new SiteKeys(site.prefix())).segments());
      marks = new Marks(segments, System.nanoTime());
      known.put(place, marks);
    }
    return marks.segments();
  }
}
