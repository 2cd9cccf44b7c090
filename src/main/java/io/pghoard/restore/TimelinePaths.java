// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.codec.Compression;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalChain;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Finds the way from a base backup to the timeline that recovery shall end on, as the server does.
 */
final class TimelinePaths {
  /** A history has a line a promotion; more is none. */
  private static final int LARGEST_HISTORY = 1 << 20;

  private final ObjectStore store;
  private final SiteKeys keys;
  private final StoredWal wal;

  TimelinePaths(ObjectStore store, SiteKeys keys, StoredWal wal) {
    this.store = store;
    this.keys = keys;
    this.wal = wal;
  }

  /**
   * Finds the way.
   *
   * @param wanted as {@link RecoveryOptions#timeline}
   * @throws RestoreRefusedException when the backup does not lie on it
   */
  TimelinePath path(BaseBackup backup, String wanted) throws IOException {
    int start = backup.startSegment().timeline();
    int target =
        switch (wanted) {
          case "latest" -> newest(start);
          case "current" -> start;
          default -> Long.decode(wanted).intValue();
        };
    if (target == start) {
      return new TimelinePath(start, List.of());
    }
    if (!wal.histories().contains(target)) {
      throw new RestoreRefusedException(
          "there is no history of timeline %s in the archive; there is the history of %s"
              .formatted(Integer.toUnsignedString(target), wal.histories()));
    }
    TimelineHistory history = history(target);
    requireOnTheWay(backup, history);
    return new TimelinePath(
        target,
        history.switches().stream()
            .map(left -> new WalChain.Switch(left.timeline(), left.switchPoint()))
            .toList());
  }

  /** The last of the timelines after this one whose histories follow each other without a gap. */
  private int newest(int start) {
    int newest = start;
    while (wal.histories().contains(newest + 1)) {
      newest++;
    }
    return newest;
  }

  private void requireOnTheWay(BaseBackup backup, TimelineHistory history)
      throws RestoreRefusedException {
    long end = BackupChoice.endSegment(backup).number(wal.segmentSize());
    for (TimelineHistory.Switch left : history.switches()) {
      if (left.timeline() == backup.startSegment().timeline()
          && left.switchPoint().value() / wal.segmentSize().bytes() >= end) {
        return;
      }
    }
    throw new RestoreRefusedException(
        ("timeline %s does not come from base backup %s, which is of timeline %s: %s. Choose another"
                + " recovery target timeline, such as \"current\", or another base backup")
            .formatted(
                Integer.toUnsignedString(history.timeline()),
                backup.name(),
                Integer.toUnsignedString(backup.startSegment().timeline()),
                tree(history)));
  }

  private static String tree(TimelineHistory history) {
    StringBuilder text = new StringBuilder();
    for (TimelineHistory.Switch left : history.switches()) {
      text.append("timeline ")
          .append(Integer.toUnsignedString(left.timeline()))
          .append(" was left at ")
          .append(left.switchPoint())
          .append(", ");
    }
    return text + "then came timeline " + Integer.toUnsignedString(history.timeline());
  }

  private TimelineHistory history(int timeline) throws IOException {
    ObjectKey key = keys.wal(WalFileName.parse("%08X.history".formatted(timeline)));
    try (ObjectContent stored = store.get(key)) {
      String algorithm = stored.metadata().get("compression-algorithm");
      InputStream plain =
          algorithm == null
              ? stored.stream()
              : Compression.named(algorithm, 0, 1).decode(stored.stream());
      String text = new String(plain.readNBytes(LARGEST_HISTORY), UTF_8);
      return TimelineHistory.parse(timeline, text);
    } catch (IllegalArgumentException e) {
      throw new IOException("cannot read " + key + ": " + e.getMessage(), e);
    }
  }
}
