// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.regex.Pattern;

/**
 * The name of a WAL segment: 24 hexadecimal digits, 8 each of timeline, log and segment.
 *
 * <p>Names of one timeline sort as their segments do. Source: {@code XLogFileName} in PostgreSQL's
 * {@code xlog_internal.h}.
 *
 * @param timeline the timeline's number, unsigned
 * @param log the high half of the position, unsigned
 * @param segment the segment within the log, unsigned
 */
public record WalSegmentName(int timeline, int log, int segment)
    implements Comparable<WalSegmentName> {
  private static final Pattern TEXT = Pattern.compile("[0-9A-F]{24}");

  public static boolean matches(String text) {
    return TEXT.matcher(text).matches();
  }

  public static WalSegmentName parse(String text) {
    if (!matches(text)) {
      throw new IllegalArgumentException(
          "not the name of a WAL segment (24 upper-case hexadecimal digits): " + text);
    }
    return new WalSegmentName(
        Integer.parseUnsignedInt(text.substring(0, 8), 16),
        Integer.parseUnsignedInt(text.substring(8, 16), 16),
        Integer.parseUnsignedInt(text.substring(16), 16));
  }

  /** The segment of {@code timeline} that holds {@code lsn}. */
  public static WalSegmentName containing(Lsn lsn, int timeline, WalSegmentSize size) {
    return ofNumber(Long.divideUnsigned(lsn.value(), size.bytes()), timeline, size);
  }

  /** The segment of {@code timeline} with this number, counted from the start of the log. */
  public static WalSegmentName ofNumber(long number, int timeline, WalSegmentSize size) {
    return new WalSegmentName(
        timeline, (int) (number / size.segmentsPerLog()), (int) (number % size.segmentsPerLog()));
  }

  /** The segment's number, counted from the start of the log; the same on every timeline. */
  public long number(WalSegmentSize size) {
    return Integer.toUnsignedLong(log) * size.segmentsPerLog() + Integer.toUnsignedLong(segment);
  }

  public WalSegmentName next(WalSegmentSize size) {
    return ofNumber(number(size) + 1, timeline, size);
  }

  public WalSegmentName onTimeline(int other) {
    return new WalSegmentName(other, log, segment);
  }

  /** The position of the segment's first byte. */
  public Lsn startLsn(WalSegmentSize size) {
    return new Lsn(number(size) * size.bytes());
  }

  @Override
  public int compareTo(WalSegmentName other) {
    int order = Integer.compareUnsigned(timeline, other.timeline);
    if (order == 0) {
      order = Integer.compareUnsigned(log, other.log);
    }
    return order == 0 ? Integer.compareUnsigned(segment, other.segment) : order;
  }

  @Override
  public String toString() {
    return "%08X%08X%08X".formatted(timeline, log, segment);
  }
}
