// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalWriter;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalContinuityTest {
  private static final WalSegmentName FIRST = WalSegmentName.parse("000000010000000000000030");
  private static final Instant TIME = Instant.parse("2026-11-30T10:26:24.9Z");

  private final WalWriter wal = new WalWriter(ArchivingSite.CLUSTER, FIRST, Lsn.parse("0/2FFFF60"));
  private Path directory;
  private ArchivingSite site;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    site = new ArchivingSite(directory);
  }

  private static String name(int number) {
    return WalSegmentName.ofNumber(FIRST.number(WalWriter.SIZE) + number, 1, WalWriter.SIZE)
        .toString();
  }

  private void store(WalWriter history, int number) throws IOException {
    site.write(name(number), history.segment(number));
    site.archive(name(number));
  }

  private void conflict(WalWriter history, int number) {
    assertThatThrownBy(() -> store(history, number)).isInstanceOf(WalConflictException.class);
  }

  private List<String> marks() throws IOException {
    return new HistoryBreaks(site.store, new SiteKeys("main"))
        .segments().stream().map(WalSegmentName::toString).toList();
  }

  private static void fill(WalWriter history, int segments) {
    fill(history, segments, 40);
  }

  /** Fills segments whose last record begins so many bytes before their end, and goes on. */
  private static void fill(WalWriter history, int segments, int rest) {
    for (int i = 0; i < segments; i++) {
      history.fillUpTo(rest);
      history.commit(TIME, 200);
    }
  }

  /** What a server writes that was rolled back to where {@code history} is. */
  private static WalWriter other(WalWriter history, int segments) {
    WalWriter other = history.fork();
    other.noise(64);
    fill(other, segments, 56);
    return other;
  }

  @Test
  void segment_hasWhatItsRecordsSay() throws IOException {
    wal.commit(TIME, 0);
    wal.switchSegment();
    store(wal, 0);
    try (var stored = site.stored(name(0))) {
      assertThat(stored.metadata())
          .containsEntry("first-record", "0/3000028")
          .containsEntry("previous-record", "0/2FFFF60")
          .containsEntry("last-record", wal.last().toString())
          .containsEntry("last-commit-time", "2026-11-30T10:26:24.900000+00:00");
    }
  }

  @Test
  void oneHistory_hasNoMark_inWhateverOrderItIsStored() throws IOException {
    fill(wal, 2);
    wal.noise(5 << 19);
    wal.switchSegment();
    fill(wal, 3);
    for (int number : new int[] {1, 0, 3, 2, 5, 4, 6}) {
      store(wal, number);
    }
    assertThat(marks()).isEmpty();
  }

  @Test
  void otherHistoryBehindTheStoredOne_isMarked_andStored() throws IOException {
    WalWriter old = wal.fork();
    fill(old, 2);
    store(old, 0);
    store(old, 1);
    WalWriter rolledBack = other(wal, 4);
    store(rolledBack, 2);
    store(rolledBack, 3);
    assertThat(marks()).containsExactly(name(2));
  }

  @Test
  void otherHistoryAfterARestart_isMarked() throws IOException {
    WalWriter old = wal.fork();
    fill(old, 2);
    store(old, 0);
    store(old, 1);
    site = new ArchivingSite(directory);
    WalWriter rolledBack = other(wal, 3);
    store(rolledBack, 2);
    assertThat(marks()).containsExactly(name(2));
  }

  @Test
  void otherHistoryThatWasStoredAhead_isMarkedWhenTheGapIsFilled() throws IOException {
    WalWriter rolledBack = other(wal, 3);
    store(rolledBack, 2);
    site = new ArchivingSite(directory);
    WalWriter old = wal.fork();
    fill(old, 2);
    store(old, 1);
    assertThat(marks()).containsExactly(name(2));
  }

  @Test
  void segmentsThatOneRecordFills_arePassedOver() throws IOException {
    WalWriter old = wal.fork();
    old.noise(5 << 19);
    old.switchSegment();
    store(old, 0);
    store(old, 1);
    WalWriter rolledBack = other(wal, 3);
    store(rolledBack, 2);
    assertThat(marks()).containsExactly(name(2));
  }

  @Test
  void conflict_marksWhatIsStoredBehindIt_alsoWhereThePositionsAreTheSame() throws IOException {
    wal.noise(50);
    WalWriter old = wal.fork();
    old.commit(TIME, 0);
    old.switchSegment();
    store(old, 0);
    WalWriter rolledBack = wal.fork();
    rolledBack.commit(TIME.plusSeconds(9), 0);
    rolledBack.switchSegment();
    fill(rolledBack, 2);
    conflict(rolledBack, 0);
    store(rolledBack, 1);
    assertThat(marks()).containsExactly(name(1));
  }

  @Test
  void conflictThatComesAfterWhatIsBehindIt_marksIt() throws IOException {
    wal.noise(50);
    WalWriter old = wal.fork();
    old.commit(TIME, 0);
    old.switchSegment();
    store(old, 0);
    WalWriter rolledBack = wal.fork();
    rolledBack.commit(TIME.plusSeconds(9), 0);
    rolledBack.switchSegment();
    fill(rolledBack, 1);
    site.write(name(0), rolledBack.segment(0));
    WalOffer offer = site.open(name(0));
    site.archive.join(offer);
    store(rolledBack, 1);
    assertThatThrownBy(() -> site.archive.compare(offer)).isInstanceOf(WalConflictException.class);
    site.archive.close(offer);
    assertThat(marks()).containsExactly(name(1));
  }

  @Test
  void conflict_leavesTheStoredHistoryUnmarked() throws IOException {
    WalWriter old = wal.fork();
    fill(old, 3);
    for (int number = 0; number < 3; number++) {
      store(old, number);
    }
    WalWriter rolledBack = other(wal, 4);
    for (int number = 0; number < 3; number++) {
      conflict(rolledBack, number);
    }
    assertThat(marks()).isEmpty();
    store(rolledBack, 3);
    assertThat(marks()).containsExactly(name(3));
  }

  @Test
  void recordThatACrashCutOff_isNoBreak() throws IOException {
    wal.fillUpTo(3000);
    Lsn before = wal.last();
    wal.overwrite(wal.cutOff(50_000), before);
    fill(wal, 1);
    store(wal, 0);
    store(wal, 1);
    assertThat(marks()).isEmpty();
  }

  @Test
  void objectWithoutItsRecords_provesNothing() throws IOException {
    fill(wal, 2);
    store(wal, 0);
    try (var stored = site.stored(name(0))) {
      ObjectKey key = new ObjectKey("main/xlog/" + name(0));
      site.store.delete(key);
      site.store.put(key, Map.of("compression-algorithm", "lzma"), stored.stream());
    }
    site = new ArchivingSite(directory);
    store(other(wal, 3), 2);
    store(wal, 1);
    assertThat(marks()).isEmpty();
  }
}
