// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalSegmentScanTest {
  private static final Instant EARLY = Instant.parse("2026-11-30T10:26:24.400001Z");
  private static final Instant LATE = Instant.parse("2026-11-30T10:26:24.900002Z");
  private static final Lsn BEFORE = Lsn.parse("0/2FFFF60");

  private final WalWriter wal =
      new WalWriter(77, WalSegmentName.parse("000000010000000000000030"), BEFORE);

  static Optional<WalRecords> scan(byte[] segment, int piece) {
    WalSegmentScan scan = new WalSegmentScan();
    for (int at = 0; at < segment.length; at += piece) {
      scan.add(segment, at, Math.min(piece, segment.length - at));
    }
    return scan.end();
  }

  private WalRecords scanned(int number) {
    return scan(wal.segment(number), 4096).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8191, 1 << 20})
  void pieces_mayHaveAnySize(int piece) {
    wal.commit(EARLY, 0);
    IntStream.range(0, 500).forEach(i -> wal.noise(30 + i));
    wal.commit(LATE, 300);
    Lsn last = wal.noise(999);
    assertThat(scan(wal.segment(0), piece))
        .contains(new WalRecords(Lsn.parse("0/3000028"), BEFORE, null, last, LATE));
  }

  @Test
  void recordThatCrosses_beginsInTheFirst() {
    wal.fillUpTo(200);
    Lsn last = wal.noise(20_000);
    Lsn next = wal.noise(50);
    assertThat(scanned(0).last()).isEqualTo(last);
    assertThat(scanned(1)).isEqualTo(new WalRecords(next, last, null, next, null));
  }

  @Test
  void segmentThatOneRecordFills_hasNone() {
    Lsn last = wal.noise(5 << 19);
    wal.noise(50);
    assertThat(scanned(0).last()).isEqualTo(last);
    assertThat(scanned(1)).isEqualTo(new WalRecords(null, null, null, null, null));
    assertThat(scanned(2).previous()).isEqualTo(last);
  }

  @Test
  void segmentThatWasSwitched_endsThere() {
    wal.commit(EARLY, 0);
    Lsn last = wal.switchSegment();
    Lsn first = wal.commit(LATE, 0);
    assertThat(scanned(0).last()).isEqualTo(last);
    assertThat(scanned(1)).isEqualTo(new WalRecords(first, last, null, first, LATE));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 24, 32})
  void commitThatTheSegmentsEndCuts_countsAsARecordAlone(int rest) {
    wal.commit(EARLY, 0);
    wal.fillUpTo(rest);
    Lsn cut = wal.commit(LATE, 0);
    wal.noise(50);
    assertThat(scanned(0).last()).isEqualTo(cut);
    assertThat(scanned(0).lastCommit()).isEqualTo(EARLY);
    assertThat(scanned(1).previous()).isEqualTo(cut);
    assertThat(scanned(1).lastCommit()).isNull();
  }

  @Test
  void commitThatAPageCuts_isRead() {
    for (int rest = 8; rest < 64; rest += 8) {
      WalWriter own = new WalWriter(77, WalSegmentName.parse("000000010000000000000030"), BEFORE);
      own.noise(8192 - 40 - rest);
      own.commit(LATE, 20);
      assertThat(scan(own.segment(0), 5).orElseThrow().lastCommit()).isEqualTo(LATE);
    }
  }

  @Test
  void everyEndOfATransaction_counts() {
    byte[] time = WalWriter.data(1, 3);
    Instant first = Instant.parse("2000-01-01T00:00:00.000001Z");
    for (int info : new int[] {0x00, 0x20, 0x30, 0x40, 0x80, 0xA0}) {
      WalWriter own = wal.fork();
      own.record(1, info, time);
      assertThat(scan(own.segment(0), 100).orElseThrow().lastCommit()).isEqualTo(first);
    }
    // XLOG_XACT_PREPARE, _ASSIGNMENT and _INVALIDATIONS; another manager's; none that is a time.
    wal.record(1, 0x10, time);
    wal.record(1, 0x50, time);
    wal.record(1, 0x60, time);
    wal.record(0, 0x00, time);
    wal.record(1, 0x00, new byte[0]);
    wal.record(1, 0x00, WalWriter.data(Long.MAX_VALUE, 0));
    wal.record(1, 0x00, WalWriter.data(Long.MIN_VALUE, 0));
    assertThat(scanned(0).lastCommit()).isNull();
  }

  @Test
  void originAndTopLevelTransaction_standBeforeTheTime() {
    ByteBuffer record = ByteBuffer.allocate(42).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(0, 42).put(17, (byte) 1).put(24, (byte) 0xFD).put(27, (byte) 0xFC);
    record.put(32, (byte) 0xFF).put(33, (byte) 8).putLong(34, 2_000_000);
    wal.raw(record.array());
    assertThat(scanned(0).lastCommit()).isEqualTo(Instant.parse("2000-01-01T00:00:02Z"));
  }

  @Test
  void recordThatACrashCutOff_isContinuedByTheOneThatSaysSo() {
    Lsn whole = wal.noise(100);
    wal.fillUpTo(3000);
    Lsn before = wal.last();
    assertThat(before).isNotEqualTo(whole);
    Lsn cut = wal.cutOff(50_000);
    Lsn first = wal.overwrite(cut, before);
    Lsn last = wal.commit(LATE, 0);
    assertThat(scanned(0).last()).isEqualTo(cut);
    assertThat(scanned(1)).isEqualTo(new WalRecords(first, before, cut, last, LATE));
    assertThat(scanned(1).continues()).isEqualTo(cut);
  }

  @Test
  void recordThatACrashCutOffWithinTheSegment_isPassedOver() {
    Lsn before = wal.noise(100);
    Lsn cut = wal.cutOff(50_000);
    wal.overwrite(cut, before);
    Lsn last = wal.commit(LATE, 0);
    assertThat(scanned(0))
        .isEqualTo(new WalRecords(Lsn.parse("0/3000028"), BEFORE, null, last, LATE));
  }

  private static byte[] changed(byte[] segment, int at, int value) {
    byte[] changed = segment.clone();
    changed[at] = (byte) value;
    return changed;
  }

  @Test
  void damage_isNoFinding() {
    wal.noise(100);
    wal.noise(100);
    wal.noise(20_000);
    byte[] sound = wal.segment(0);
    assertThat(scan(sound, 999)).isPresent();
    Stream.of(
            // Lengths, xl_prev, a page's magic, address and xlp_rem_len.
            changed(sound, 40, 23),
            changed(sound, 43, 0xFF),
            changed(sound, 40 + 104 + 8, 1),
            changed(sound, 8192, 0),
            changed(sound, 8192 + 10, 1),
            changed(sound, 8192 + 16, 1),
            changed(sound, 8192 + 2, 0))
        .forEach(damaged -> assertThat(scan(damaged, 999)).isEmpty());
  }

  @Test
  void whatIsNoSegment_isNoFinding() {
    byte[] sound = wal.segment(0);
    wal.noise(100);
    assertThat(scan(new byte[1 << 20], 999)).isEmpty();
    assertThat(scan("1\t0/3000000\tno recovery target specified\n".getBytes(UTF_8), 9)).isEmpty();
    assertThat(scan(Arrays.copyOf(wal.segment(0), 1 << 19), 999)).isEmpty();
    // PostgreSQL 9.4, whose records are others, and a version that is not out yet.
    assertThat(scan(changed(sound, 0, 0x7E), 999)).isEmpty();
    assertThat(scan(changed(wal.segment(0), 0, 0x7F), 999)).isEmpty();
    assertThat(scan(changed(wal.segment(0), 37, 0x21), 999)).isEmpty();
  }
}
