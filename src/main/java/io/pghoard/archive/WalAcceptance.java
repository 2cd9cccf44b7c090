// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.archive.WalRefusedException.Reason;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.MajorVersion;
import io.pghoard.postgres.PostgresText;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.postgres.WalSegmentName;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a file must be to enter the archive, or to leave it, under its name.
 *
 * <p>Of a segment, or a partial one, the first page header must fit the name, the size and the
 * cluster; a text file must read as what it claims to be.
 */
final class WalAcceptance {
  /** A history file has a line of some 80 bytes for each timeline; a backup history ten lines. */
  static final int LONGEST_TEXT = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(WalAcceptance.class);

  /** The marks of pages that were told to be new. */
  private static final Set<Integer> TOLD = ConcurrentHashMap.newKeySet();

  /** Finds the history of a timeline, when there is one. */
  @FunctionalInterface
  interface Histories {
    Optional<TimelineHistory> of(int timeline) throws IOException;
  }

  private final WalFileName name;
  private final Histories histories;

  WalAcceptance(WalFileName name, Histories histories) {
    this.name = name;
    this.histories = histories;
  }

  /** How many bytes at the start of the file {@link #check} wants to see. */
  int wanted() {
    return isSegment() ? WalPageHeader.LENGTH : LONGEST_TEXT + 1;
  }

  boolean isSegment() {
    return name.kind() == Kind.SEGMENT || name.kind() == Kind.PARTIAL;
  }

  /**
   * Checks a file by its start and its size alone.
   *
   * @param start the first {@link #wanted()} bytes, fewer when the file is shorter
   * @param size of the whole file in bytes
   * @return the header of a segment, nothing for another file
   * @throws WalRefusedException when the file is not what its name says
   */
  Optional<WalPageHeader> check(byte[] start, long size) throws IOException {
    if (!isSegment()) {
      checkText(start);
      return Optional.empty();
    }
    WalPageHeader header;
    try {
      header = WalPageHeader.parse(start);
    } catch (IllegalArgumentException e) {
      throw refused(size < WalPageHeader.LENGTH ? Reason.SIZE : Reason.NOT_WAL, e.getMessage());
    }
    if (size != header.segmentSize().bytes()) {
      throw refused(
          Reason.SIZE,
          "it has %d bytes, a segment of its cluster has %d"
              .formatted(size, header.segmentSize().bytes()));
    }
    checkPlace(header);
    return Optional.of(header);
  }

  private void checkPlace(WalPageHeader header) throws IOException {
    WalSegmentName segment = name.segment();
    Lsn named = segment.startLsn(header.segmentSize());
    if (Integer.toUnsignedLong(segment.segment()) >= header.segmentSize().segmentsPerLog()
        || !header.pageAddress().equals(named)) {
      throw refused(
          Reason.RECYCLED,
          "it contains WAL from %s on, but by its name should start at %s"
              .formatted(header.pageAddress(), named));
    }
    if (header.timeline() == segment.timeline()) {
      return;
    }
    // Promotion copies the segment in which it happens to the new timeline's name, so that the
    // first page was begun by the timeline that was left (XLogFileCopy in PostgreSQL's xlog.c).
    boolean fits =
        histories
            .of(segment.timeline())
            .map(history -> history.timelineAt(named) == header.timeline())
            .orElseGet(() -> Integer.compareUnsigned(header.timeline(), segment.timeline()) < 0);
    if (!fits) {
      throw refused(
          Reason.TIMELINE,
          "its first page belongs to timeline %s, which is not in the history of timeline %s"
              .formatted(
                  Integer.toUnsignedString(header.timeline()),
                  Integer.toUnsignedString(segment.timeline())));
    }
  }

  private void checkText(byte[] start) throws IOException {
    if (start.length > LONGEST_TEXT) {
      throw refused(Reason.SIZE, "it has more than " + LONGEST_TEXT + " bytes");
    }
    String text = PostgresText.of(start);
    if (name.kind() == Kind.BACKUP) {
      if (!text.startsWith("START WAL LOCATION: ") || !text.contains(name.segment().toString())) {
        throw refused(
            Reason.NOT_WAL,
            "it is not the backup history file of a backup that started in that segment");
      }
      return;
    }
    try {
      TimelineHistory.parse(Integer.parseUnsignedInt(name.text().substring(0, 8), 16), text);
    } catch (IllegalArgumentException e) {
      throw refused(Reason.NOT_WAL, e.getMessage());
    }
  }

  /** Checks that a segment was written by this cluster. */
  void checkCluster(WalPageHeader header, MajorVersion version, SystemIdentifier cluster)
      throws IOException {
    Integer magic = version.walMagic();
    MajorVersion writer = MajorVersion.ofWalMagic(header.magic());
    if (MajorVersion.isNewWalMagic(header.magic())) {
      // A table that was closed years ago must not end archiving; what follows is still looked at.
      checkCluster(header, cluster);
      if (TOLD.add(header.magic())) {
        LOG.warn(
            "WAL pages marked {} were written by a PostgreSQL newer than this pghoard knows; they are"
                + " archived after the other checks; look for a newer pghoard",
            "%04X".formatted(header.magic()));
      }
      return;
    }
    if (magic == null || magic != header.magic()) {
      throw refused(
          Reason.VERSION,
          "its pages are marked %04X, which is %s; the cluster is PostgreSQL %s"
              .formatted(
                  header.magic(), writer == null ? "unknown" : "PostgreSQL " + writer, version));
    }
    checkCluster(header, cluster);
  }

  /** Checks that a segment carries this system identifier. */
  void checkCluster(WalPageHeader header, SystemIdentifier cluster) throws IOException {
    if (!header.systemIdentifier().equals(cluster)) {
      throw refused(
          Reason.FOREIGN_CLUSTER,
          "it was written by a cluster with system identifier %s, not by %s"
              .formatted(header.systemIdentifier(), cluster));
    }
  }

  WalRefusedException refused(Reason reason, @Nullable String cause) {
    return new WalRefusedException(reason, "refused " + name + ": " + cause);
  }
}
