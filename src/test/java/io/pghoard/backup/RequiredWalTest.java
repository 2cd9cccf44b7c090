// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.BackupManifest.WalRange;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RequiredWalTest {
  private static final SiteKeys KEYS = new SiteKeys("main");
  private static final WalRange RANGE = range(1, "0/2000028", "0/4000000");

  @Test
  void segments_areThoseFromStartToEnd() {
    assertThat(wal(RANGE).segments())
        .extracting(Object::toString)
        .containsExactly("000000010000000000000002", "000000010000000000000003");
    assertThat(wal(RANGE).endSegment()).hasToString("000000010000000000000003");
    assertThat(wal(range(1, "0/2000028", "0/4000001")).endSegment())
        .hasToString("000000010000000000000004");
  }

  @Test
  void segmentSize_countsInTheNames() {
    RequiredWal wal = new RequiredWal(List.of(RANGE), new WalSegmentSize(1 << 30));
    assertThat(wal.segments())
        .extracting(Object::toString)
        .containsExactly("000000010000000000000000");
  }

  @Test
  void missingSegment_isNamed(@TempDir Path directory) throws Exception {
    LocalObjectStore store = store(directory, "000000010000000000000002");
    assertThat(wal(RANGE).missing(store, KEYS))
        .extracting(Object::toString)
        .containsExactly("000000010000000000000003");
  }

  @Test
  void wal_isThereWhenAllSegmentsAre(@TempDir Path directory) throws Exception {
    LocalObjectStore store =
        store(directory, "000000010000000000000002", "000000010000000000000003");
    assertThat(wal(RANGE).missing(store, KEYS)).isEmpty();
  }

  @Test
  void endOfATimeline_mayBeInTheNextOnesFile(@TempDir Path directory) throws Exception {
    LocalObjectStore store =
        store(directory, "000000010000000000000002", "000000020000000000000003");
    store.put(
        new ObjectKey("main/timeline/00000002.history"),
        Map.of(),
        new ByteArrayInputStream(new byte[1]));
    RequiredWal wal = wal(range(1, "0/2000028", "0/3000100"), range(2, "0/3000100", "0/3000200"));
    assertThat(wal.missing(store, KEYS)).isEmpty();
  }

  @Test
  void laterTimeline_needsItsHistory(@TempDir Path directory) throws Exception {
    LocalObjectStore store = store(directory, "00000002000000000000000A");
    RequiredWal wal = wal(range(2, "0/A000028", "0/A000100"));
    assertThat(wal(RANGE).history()).isEmpty();
    assertThat(wal.missing(store, KEYS))
        .extracting(Object::toString)
        .containsExactly("00000002.history");
    store.put(
        new ObjectKey("main/timeline/00000002.history"),
        Map.of(),
        new ByteArrayInputStream(new byte[1]));
    assertThat(wal.missing(store, KEYS)).isEmpty();
  }

  private static RequiredWal wal(WalRange... ranges) {
    return new RequiredWal(List.of(ranges), WalSegmentSize.DEFAULT);
  }

  private static WalRange range(int timeline, String start, String end) {
    return new WalRange(timeline, Lsn.parse(start), Lsn.parse(end));
  }

  private static LocalObjectStore store(Path directory, String... segments) throws IOException {
    LocalObjectStore store = new LocalObjectStore(directory);
    for (String segment : segments) {
      store.put(
          new ObjectKey(KEYS.wal() + segment), Map.of(), new ByteArrayInputStream(new byte[1]));
    }
    return store;
  }
}
