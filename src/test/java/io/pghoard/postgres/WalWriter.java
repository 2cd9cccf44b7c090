// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/** Writes WAL as PostgreSQL 15 does, in segments of 1 MiB, without checksums of the records. */
public final class WalWriter {
  public static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
  private static final int PAGE = 8192;
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private final long identifier;
  private final int timeline;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final long begin;
  private int left;
  private boolean overwrites;
  private Lsn last;

  /**
   * Begins with a segment.
   *
   * @param last the record before
   */
  public WalWriter(long identifier, WalSegmentName segment, Lsn last) {
    this.identifier = identifier;
    this.timeline = segment.timeline();
    this.begin = segment.startLsn(SIZE).value();
    this.last = last;
  }

  /** The same cluster's WAL from here on, as another history of it. */
  public WalWriter fork() {
    WalWriter fork =
        new WalWriter(identifier, WalSegmentName.containing(new Lsn(begin), timeline, SIZE), last);
    fork.bytes.writeBytes(bytes.toByteArray());
    return fork;
  }

  public Lsn last() {
    return last;
  }

  /** How many bytes were written, page headers included. */
  int size() {
    return bytes.size();
  }

  /** A commit, after which {@code filling} bytes of whatever it brings. */
  public Lsn commit(Instant time, int filling) {
    return record(1, 0x00, data(ChronoUnit.MICROS.between(EPOCH, time), filling));
  }

  /** A record of no interest, of so many bytes with its header. */
  public Lsn noise(int length) {
    int header = length == 24 ? 24 : length < 282 ? 26 : 29;
    return record(10, 0x00, new byte[length - header]);
  }

  /** Noise up to the segment's end, but for so many bytes. */
  public void fillUpTo(int rest) {
    int target = (bytes.size() / SIZE.bytes() + 1) * SIZE.bytes() - rest;
    while (target - bytes.size() > 2 * PAGE) {
      noise(PAGE / 2);
    }
    while (bytes.size() < target) {
      int room = target - bytes.size();
      noise(room > 100 ? 48 : room);
    }
  }

  /** An XLOG_SWITCH, and zeros up to the segment's end. */
  public Lsn switchSegment() {
    Lsn at = record(0, 0x40, new byte[0]);
    bytes.writeBytes(new byte[-bytes.size() & (SIZE.bytes() - 1)]);
    return at;
  }

  /** A long record of which the server that crashed wrote no more than up to the page's end. */
  public Lsn cutOff(int length) {
    Lsn at = noise(length);
    int from = (int) (at.value() - begin);
    byte[] all = bytes.toByteArray();
    bytes.reset();
    bytes.write(all, 0, (from / PAGE + 1) * PAGE);
    return at;
  }

  /** What the server writes next, after such a crash. */
  public Lsn overwrite(Lsn cutOff, Lsn before) {
    last = before;
    overwrites = true;
    return record(0, 0xD0, data(cutOff.value(), 8));
  }

  static byte[] data(long number, int filling) {
    ByteBuffer data = ByteBuffer.allocate(8 + filling).order(ByteOrder.LITTLE_ENDIAN);
    return data.putLong(number).array();
  }

  public Lsn record(int manager, int info, byte[] data) {
    int length = data.length == 0 ? 0 : data.length + (data.length < 256 ? 2 : 5);
    ByteBuffer record = ByteBuffer.allocate(24 + length).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(24 + length).putInt(0).putLong(last.value());
    record.put((byte) info).put((byte) manager).putShort((short) 0).putInt(0);
    if (data.length >= 256) {
      record.put((byte) 0xFE).putInt(data.length).put(data);
    } else if (data.length > 0) {
      record.put((byte) 0xFF).put((byte) data.length).put(data);
    }
    return raw(record.array());
  }

  /** A record as it is, but for the record before, which is filled in. */
  Lsn raw(byte[] record) {
    while (bytes.size() % 8 != 0) {
      bytes.write(0);
    }
    ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).putLong(8, last.value());
    left = 0;
    page();
    last = new Lsn(begin + bytes.size());
    left = record.length;
    for (byte each : record) {
      page();
      bytes.write(each);
      left--;
    }
    return last;
  }

  private void page() {
    if (bytes.size() % PAGE != 0) {
      return;
    }
    boolean first = bytes.size() % SIZE.bytes() == 0;
    ByteBuffer header = ByteBuffer.allocate(first ? 40 : 24).order(ByteOrder.LITTLE_ENDIAN);
    int info = (left > 0 ? 1 : 0) | (first ? 2 : 0) | (overwrites ? 8 : 0);
    overwrites = false;
    header.putShort((short) 0xD110).putShort((short) info).putInt(timeline);
    header.putLong(begin + bytes.size()).putInt(left);
    if (first) {
      header.putLong(24, identifier).putInt(32, SIZE.bytes()).putInt(36, PAGE);
    }
    bytes.writeBytes(header.array());
  }

  /** A segment, counted from 0; what was not written of it is zeros. */
  public byte[] segment(int number) {
    int from = number * SIZE.bytes();
    return Arrays.copyOfRange(bytes.toByteArray(), from, from + SIZE.bytes());
  }
}
