// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.postgres.BackupManifest;
import io.pghoard.postgres.BackupManifest.WalRange;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The WAL without which a base backup cannot become consistent.
 *
 * @param ranges as the backup_manifest tells them, at least one, in the order of their timelines
 */
record RequiredWal(List<WalRange> ranges, WalSegmentSize segmentSize) {
  /** Reads the whole manifest, and so checks it against its own checksum. */
  static RequiredWal of(Path manifest, WalSegmentSize segmentSize) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(manifest))) {
      List<WalRange> ranges = new ArrayList<>(BackupManifest.scan(in, file -> {}).walRanges());
      ranges.sort((a, b) -> a.start().compareTo(b.start()));
      return new RequiredWal(ranges, segmentSize);
    }
  }

  Lsn startLsn() {
    return ranges.get(0).start();
  }

  Lsn endLsn() {
    return ranges.get(ranges.size() - 1).end();
  }

  /** The last segment; the end LSN is the position after the last byte that is needed. */
  WalSegmentName endSegment() {
    return last(ranges.get(ranges.size() - 1));
  }

  /**
   * The history of the backup's timeline, which a restored server asks for; timeline 1 has none.
   */
  Optional<WalFileName> history() {
    int timeline = ranges.get(ranges.size() - 1).timeline();
    return timeline == 1
        ? Optional.empty()
        : Optional.of(WalFileName.parse("%08X.history".formatted(timeline)));
  }

  /** Which files are not in the repository yet, the history first. */
  List<WalFileName> missing(ObjectStore store, SiteKeys keys) throws IOException {
    List<WalFileName> missing = new ArrayList<>();
    Optional<WalFileName> history = history();
    if (history.isPresent() && !stored(store, keys.wal(history.get()))) {
      missing.add(history.get());
    }
    for (WalSegmentName segment : segments()) {
      if (!stored(store, keys, segment)) {
        missing.add(WalFileName.parse(segment.toString()));
      }
    }
    return missing;
  }

  List<WalSegmentName> segments() {
    TreeSet<WalSegmentName> segments = new TreeSet<>();
    for (WalRange range : ranges) {
      WalSegmentName end = last(range);
      WalSegmentName segment =
          WalSegmentName.containing(range.start(), range.timeline(), segmentSize);
      for (; segment.compareTo(end) <= 0; segment = segment.next(segmentSize)) {
        segments.add(segment);
      }
    }
    return List.copyOf(segments);
  }

  private WalSegmentName last(WalRange range) {
    Lsn lastByte = new Lsn(range.end().value() - 1);
    return WalSegmentName.containing(lastByte, range.timeline(), segmentSize);
  }

  /**
   * Where a timeline ends within a segment, only the next timeline's file of that segment may ever
   * be archived; it begins with the same WAL.
   */
  private boolean stored(ObjectStore store, SiteKeys keys, WalSegmentName segment)
      throws IOException {
    for (int timeline : ranges.stream().map(WalRange::timeline).collect(Collectors.toSet())) {
      if (Integer.compareUnsigned(timeline, segment.timeline()) >= 0) {
        String name = segment.onTimeline(timeline).toString();
        if (stored(store, keys.wal(WalFileName.parse(name)))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean stored(ObjectStore store, ObjectKey key) throws IOException {
    return store.list(key.text()).stream().anyMatch(object -> object.key().equals(key));
  }
}
