// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one WAL segment while its bytes stream by, in pieces of any size.
 *
 * <p>A segment is a sequence of pages. The first has the long header of {@link WalPageHeader}, each
 * other one the first 24 bytes of it. Records lie behind the headers, each at a multiple of 8; one
 * that does not fit goes on behind the next page's header, in the next segment if need be:
 *
 * <pre>
 * xlp_info    bit 0 (0x0001)   the page begins with the rest of a record: xlp_rem_len bytes
 *             bit 3 (0x0008)   the rest of a record is not here and never comes; another begins
 * </pre>
 *
 * <p>A length of zero is the end; so is an XLOG_SWITCH, after which the segment is zeros. Source:
 * {@code xlog_internal.h}, {@code xlogreader.c}.
 */
public final class WalSegmentScan {
  private static final MajorVersion OLDEST = MajorVersion.parse("9.5");
  private static final int SHORT_HEADER = 24;
  private static final int CONTINUES = 0x0001;
  private static final int OVERWRITES = 0x0008;
  private static final int BLOCK_SIZE_OFFSET = 36;
  private static final int LEAST_PAGE = 1 << 10;
  private static final int MOST_PAGE = 1 << 16;
  private static final int ALIGNMENT = 8;

  private final ByteBuffer header =
      ByteBuffer.allocate(WalPageHeader.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  private final WalRecordStart record = new WalRecordStart();

  /** Bytes that have come in, which is the position in the segment. */
  private long at;

  /** Of the first page; null before that is read. */
  private @Nullable WalPageHeader segment;

  /** Until the first page says it, nothing but its header is read. */
  private int pageSize = WalPageHeader.LENGTH;

  /** Bytes to come of the record, or of its length while that is not known. */
  private long left;

  /** Whether what is left is of a record that begins in this segment. */
  private boolean begun;

  private boolean measured;

  /** Whether the record is the one behind another that is cut off for good. */
  private boolean overwrites;

  private boolean ended;
  private boolean damaged;
  private Lsn start = new Lsn(0);
  private @Nullable Lsn before;
  private @Nullable Lsn first;
  private @Nullable Lsn previous;
  private @Nullable Lsn overwritten;
  private @Nullable Lsn last;
  private @Nullable Instant lastCommit;

  /** Reads on. */
  public void add(byte[] bytes, int offset, int length) {
    int next = offset;
    int end = offset + length;
    while (next < end && !ended && !damaged) {
      int inPage = (int) (at % pageSize);
      int headerLength = at < pageSize ? WalPageHeader.LENGTH : SHORT_HEADER;
      int taken;
      if (inPage < headerLength) {
        taken = Math.min(end - next, headerLength - inPage);
        header.put(inPage, bytes, next, taken);
        if (inPage + taken == headerLength) {
          beginPage();
        }
      } else if (left == 0 && at % ALIGNMENT != 0) {
        taken = Math.min(end - next, ALIGNMENT - (int) (at % ALIGNMENT));
      } else {
        taken = read(bytes, next, Math.min(end - next, pageSize - inPage));
      }
      at += taken;
      next += taken;
    }
    at += end - next;
  }

  /**
   * What was found, when the whole segment was read.
   *
   * @return nothing when it is no segment of a version that is known here, or is damaged
   */
  public Optional<WalRecords> end() {
    if (segment == null || damaged || at != segment.segmentSize().bytes()) {
      return Optional.empty();
    }
    return Optional.of(new WalRecords(first, previous, overwritten, last, lastCommit));
  }

  private void beginPage() {
    WalPageHeader known = segment;
    if (known == null) {
      beginSegment();
      return;
    }
    if (left == 0 && isBlank()) {
      // Source: CopyXLogRecordToWAL in xlog.c, which leaves out the pages behind XLOG_SWITCH.
      ended = true;
      return;
    }
    Lsn pageAddress = lsn(at / pageSize * pageSize);
    damaged =
        Short.toUnsignedInt(header.getShort(0)) != known.magic()
            || header.getLong(8) != pageAddress.value()
            || !joins(Integer.toUnsignedLong(header.getInt(16)));
  }

  private boolean isBlank() {
    return header.getLong(0) == 0 && header.getLong(8) == 0 && header.getLong(16) == 0;
  }

  /** Whether the page goes on with the record of the page before, if and only if one is to. */
  private boolean joins(long remaining) {
    int info = header.getShort(2);
    overwrites = (info & OVERWRITES) != 0;
    if (overwrites) {
      left = 0;
      begun = false;
      return (info & CONTINUES) == 0;
    }
    return ((info & CONTINUES) == 0 ? 0 : remaining) == left;
  }

  private void beginSegment() {
    try {
      WalPageHeader read = WalPageHeader.parse(header.array());
      MajorVersion version = MajorVersion.ofWalMagic(read.magic());
      pageSize = header.getInt(BLOCK_SIZE_OFFSET);
      if (version == null
          || version.compareTo(OLDEST) < 0
          || pageSize < LEAST_PAGE
          || pageSize > MOST_PAGE
          || Integer.bitCount(pageSize) != 1) {
        damaged = true;
        return;
      }
      segment = read;
    } catch (IllegalArgumentException e) {
      // Not a segment: another kind of file passes here too.
      damaged = true;
      return;
    }
    left = (header.getShort(2) & CONTINUES) == 0 ? 0 : Integer.toUnsignedLong(header.getInt(16));
    overwrites = (header.getShort(2) & OVERWRITES) != 0;
  }

  /** Reads of a record, up to where something else begins. */
  private int read(byte[] bytes, int offset, int length) {
    if (left == 0) {
      record.clear();
      start = lsn(at);
      begun = true;
      measured = false;
      left = WalRecordStart.LENGTH;
    }
    int taken = (int) Math.min(length, left);
    if (begun) {
      boolean known = record.previous() != null;
      record.add(bytes, offset, taken);
      if (!known && record.previous() != null) {
        learnPrevious();
      }
    }
    left -= taken;
    if (left == 0 && begun) {
      if (measured) {
        endRecord();
      } else {
        measure();
      }
    }
    return taken;
  }

  private void measure() {
    long length = record.totalLength();
    if (length == 0) {
      ended = true;
      return;
    }
    damaged = length < WalRecordStart.HEADER;
    left = length - WalRecordStart.LENGTH;
    measured = true;
    before = last;
    last = start;
    first = first == null ? start : first;
  }

  private void learnPrevious() {
    if (start.equals(first)) {
      previous = record.previous();
    } else if (!overwrites) {
      damaged = !Objects.equals(before, record.previous());
    }
  }

  private void endRecord() {
    begun = false;
    overwrites = false;
    ended = record.isSwitch();
    Instant commit = record.commitTime();
    lastCommit = commit == null ? lastCommit : commit;
    if (start.equals(first)) {
      overwritten = record.overwritten();
    }
  }

  private Lsn lsn(long position) {
    return new Lsn(segment == null ? position : segment.pageAddress().value() + position);
  }
}
