// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a WAL record, as they come in.
 *
 * <pre>
 * offset 0    4 bytes  xl_tot_len   bytes of the whole record, this header included
 *        4    4 bytes  xl_xid
 *        8    8 bytes  xl_prev      the LSN of the record before
 *       16    1 byte   xl_info      bits 4 to 7 are the resource manager's
 *       17    1 byte   xl_rmid      the resource manager
 *       18    2 bytes  padding
 *       20    4 bytes  xl_crc
 *       24             headers of what follows, one after the other, of which the records that
 *                      are read here have only:
 *                        FD  2 bytes   the replication origin
 *                        FC  4 bytes   the top-level transaction id
 *                        FF  1 byte    length of the main data, below 256
 *                        FE  4 bytes   length of the main data
 *                      and then the main data, to the end of the record
 * </pre>
 *
 * <p>Source: {@code xlogrecord.h}, the same from 9.5 to 19.
 */
final class WalRecordStart {
  /** Of a record's length, which is never cut: records begin at multiples of 8, as pages do. */
  static final int LENGTH = 4;

  /** Of the header, as far as xl_prev. */
  private static final int PREVIOUS = 16;

  static final int HEADER = 24;

  /** The header, the two small headers, a length, and the eight bytes that are wanted. */
  private static final int MOST = HEADER + 3 + 5 + 5 + 8;

  private static final int LOG_MANAGER = 0;
  private static final int TRANSACTION_MANAGER = 1;

  /** TimestampTz counts microseconds from 2000-01-01 00:00 UTC. */
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  /** What a time can be written as; a server's clock does not lie outside. */
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final ByteBuffer bytes = ByteBuffer.allocate(MOST).order(ByteOrder.LITTLE_ENDIAN);

  void clear() {
    bytes.clear();
  }

  /** Adds bytes; those beyond what is wanted are ignored. */
  void add(byte[] from, int offset, int length) {
    bytes.put(from, offset, Math.min(length, bytes.remaining()));
  }

  int size() {
    return bytes.position();
  }

  /** Of the whole record; unsigned, 0 behind the last one. */
  long totalLength() {
    return Integer.toUnsignedLong(bytes.getInt(0));
  }

  /** Null when too little has come in. */
  @Nullable Lsn previous() {
    return size() < PREVIOUS ? null : new Lsn(bytes.getLong(8));
  }

  /** Whether nothing follows in the segment: XLOG_SWITCH, of pg_switch_wal or archive_timeout. */
  boolean isSwitch() {
    return manager() == LOG_MANAGER && info() == 0x40;
  }

  /** Where the record begins that an XLOG_OVERWRITE_CONTRECORD cuts off; null of another record. */
  @Nullable Lsn overwritten() {
    Long first = manager() == LOG_MANAGER && info() == 0xD0 ? mainData() : null;
    return first == null ? null : new Lsn(first);
  }

  /**
   * The time of a commit or an abort, prepared or not; null of another record.
   *
   * <p>Source: {@code getRecordTimestamp} and {@code recoveryStopsBefore} in xlogrecovery.c, {@code
   * XLOG_XACT_OPMASK} in xact.h.
   */
  @Nullable Instant commitTime() {
    int action = info() & 0x70;
    boolean ends = action == 0x00 || action == 0x20 || action == 0x30 || action == 0x40;
    Long micros = manager() == TRANSACTION_MANAGER && ends ? mainData() : null;
    if (micros == null || micros < ChronoUnit.MICROS.between(EPOCH, Instant.EPOCH)) {
      return null;
    }
    Instant time = EPOCH.plus(micros, ChronoUnit.MICROS);
    return time.isAfter(LATEST) ? null : time;
  }

  private int manager() {
    return size() < HEADER ? -1 : bytes.get(17);
  }

  private int info() {
    return bytes.get(16) & 0xF0;
  }

  /** The first eight bytes of the main data, as a number; null when there is no such. */
  private @Nullable Long mainData() {
    int at = HEADER;
    while (at + 5 <= size()) {
      int next =
          switch (Byte.toUnsignedInt(bytes.get(at))) {
            case 0xFD -> at + 3;
            case 0xFC -> at + 5;
            default -> -1;
          };
      if (next < 0) {
        break;
      }
      at = next;
    }
    if (at + 5 > size()) {
      return null;
    }
    int data =
        switch (Byte.toUnsignedInt(bytes.get(at))) {
          case 0xFF -> at + 2;
          case 0xFE -> at + 5;
          default -> size();
        };
    return data + 8 > size() ? null : bytes.getLong(data);
  }
}
