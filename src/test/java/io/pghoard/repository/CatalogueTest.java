// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CatalogueTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "start-time", "2026-11-22T09:55:04+00:00",
          "start-wal-segment", "00000001000000000000000A");

  private final SiteKeys keys = new SiteKeys("site");
  private ObjectStore store = new LocalObjectStore(Path.of("unused"));
  private Catalogue catalogue = new Catalogue(store, keys);

  @BeforeEach
  void open(@TempDir Path root) {
    store = new LocalObjectStore(root);
    catalogue = new Catalogue(store, keys);
  }

  @Test
  void emptyStore_hasNothing() throws Exception {
    assertThat(catalogue.baseBackups()).isEmpty();
    assertThat(catalogue.unreadable()).isEmpty();
    assertThat(catalogue.wal().timelines()).isEmpty();
    assertThat(catalogue.preservedUntil()).isEmpty();
  }

  @Test
  void mainObject_tellsOfItsBackup() throws Exception {
    Map<String, String> metadata = new TreeMap<>(LEAST);
    metadata.put("format", "pghoard-bb-v2");
    metadata.put("end-time", "2026-11-22 09:56:00.243646+00:00");
    metadata.put("end-wal-segment", "00000001000000000000000B");
    metadata.put("system-identifier", "7000000000000000001");
    metadata.put("total-size-plain", "5000");
    metadata.put("total-size-enc", "900");
    metadata.put("backup-decision-time", "2026-11-22T09:55:00+00:00");
    metadata.put("backup-reason", "requested");
    put(keys.mainObject("2026-11-22_09-55_0"), metadata);

    BaseBackup backup = catalogue.baseBackups().get(0);

    assertThat(backup.name()).isEqualTo("2026-11-22_09-55_0");
    assertThat(backup.format()).isEqualTo(BaseBackup.Format.CHUNKS);
    assertThat(backup.startTime()).isEqualTo("2026-11-22T09:55:04Z");
    assertThat(backup.endTime()).isEqualTo("2026-11-22T09:56:00.243646Z");
    assertThat(backup.startSegment()).hasToString("00000001000000000000000A");
    assertThat(backup.endSegment()).isEqualTo(WalSegmentName.parse("00000001000000000000000B"));
    assertThat(backup.systemIdentifier()).isEqualTo(new SystemIdentifier(7000000000000000001L));
    assertThat(backup.plainSize()).isEqualTo(5000);
    assertThat(backup.storedSize()).isEqualTo(900);
    assertThat(backup.decisionTime()).isEqualTo("2026-11-22T09:55:00Z");
    assertThat(backup.reason()).isEqualTo("requested");
    assertThat(backup.object().metadata()).isEqualTo(metadata);
  }

  @Test
  void oldBackup_isCompletedByGuesses() throws Exception {
    put(new ObjectKey("site/basebackup/2015-06-17_0"), LEAST);

    BaseBackup backup = catalogue.baseBackups().get(0);

    assertThat(backup.name()).isEqualTo("2015-06-17_0");
    assertThat(backup.format()).isEqualTo(BaseBackup.Format.RAW);
    assertThat(backup.endTime()).isNull();
    assertThat(backup.endSegment()).isNull();
    assertThat(backup.systemIdentifier()).isNull();
    assertThat(backup.decisionTime()).isEqualTo(backup.startTime());
    assertThat(backup.reason()).isEqualTo("scheduled");
    assertThat(backup.plainSize()).isEqualTo(0);
  }

  @Test
  void baseBackups_areInTheOrderOfTheirStart() throws Exception {
    put(keys.mainObject("a"), with("start-time", "2026-11-22T12:00:00+02:00"));
    put(keys.mainObject("b"), with("start-time", "2026-11-22T09:00:00+00:00"));
    put(new ObjectKey("site/basebackup/c"), with("start-time", "2026-11-22 11:00:00"));

    assertThat(catalogue.baseBackups()).extracting(BaseBackup::name).containsExactly("b", "a", "c");
  }

  @Test
  void baseBackup_isFoundByEachOfItsNames() throws Exception {
    put(keys.mainObject("a"), LEAST);

    for (String name : new String[] {"a", "a.00000000.pghoard", keys.mainObject("a").text()}) {
      assertThat(catalogue.baseBackup(name)).isPresent();
    }
    assertThat(catalogue.baseBackup("b")).isEmpty();
  }

  @Test
  void damagedMetadata_isToldAndHidesNoOtherBackup() throws Exception {
    put(keys.mainObject("good"), LEAST);
    put(keys.mainObject("empty"), Map.of());
    put(keys.mainObject("time"), with("start-time", "yesterday"));
    put(keys.mainObject("segment"), with("start-wal-segment", "x"));
    put(keys.mainObject("format"), with("format", "pghoard-bb-v9"));

    assertThat(catalogue.baseBackups()).extracting(BaseBackup::name).containsExactly("good");
    assertThat(catalogue.unreadable())
        .hasSize(4)
        .containsEntry(keys.mainObject("empty"), "the metadata has no start-time")
        .containsEntry(
            keys.mainObject("time"), "the metadata's start-time is not a time: yesterday")
        .containsEntry(
            keys.mainObject("format"), "a format that this version does not know: pghoard-bb-v9");
  }

  @Test
  void wal_isKnownByNamesAndTheSizeOfTheNewest() throws Exception {
    wal("000000010000000000000003", "1073741824");
    wal("000000010000000100000000", "1073741824");
    put(keys.wal(WalFileName.parse("000000010000000100000001.partial")), Map.of());
    put(keys.wal(WalFileName.parse("00000002.history")), Map.of("original-file-size", "41"));

    StoredWal wal = catalogue.wal();

    assertThat(wal.segmentSize().bytes()).isEqualTo(1 << 30);
    assertThat(wal.gaps(1)).isEmpty();
    assertThat(wal.histories()).containsExactly(2);
  }

  @Test
  void walWithoutSizes_hasTheDefault() throws Exception {
    put(keys.wal(WalFileName.parse("000000010000000000000003")), Map.of());
    assertThat(catalogue.wal().segmentSize().bytes()).isEqualTo(16 << 20);
  }

  @Test
  void walOfAnImpossibleSize_isRefused() throws Exception {
    wal("000000010000000000000003", "1000");
    assertThatIOException()
        .isThrownBy(catalogue::wal)
        .withMessageContaining("site/xlog/000000010000000000000003")
        .withMessageContaining("1000");
  }

  @Test
  void preservationRequests_tellTheLatestTime() throws Exception {
    preserve("a", "2026-12-01T00:00:00+00:00");
    preserve("a", "2026-12-24T00:00:00+00:00");

    assertThat(catalogue.preservedUntil())
        .containsExactly(Map.entry("a", Instant.parse("2026-12-24T00:00:00Z")));

    preserve("b", "soon");
    assertThatIOException()
        .isThrownBy(catalogue::preservedUntil)
        .withMessageContaining("a preserve-until that is not a time: soon");
  }

  private void preserve(String backup, String until) throws IOException {
    put(
        new ObjectKey(keys.preservationRequests() + backup + "_" + until),
        Map.of("preserve-backup", backup, "preserve-until", until));
  }

  private void wal(String name, String size) throws IOException {
    put(keys.wal(WalFileName.parse(name)), Map.of("original-file-size", size));
  }

  private static Map<String, String> with(String word, String value) {
    Map<String, String> metadata = new TreeMap<>(LEAST);
    metadata.put(word, value);
    return metadata;
  }

  private void put(ObjectKey key, Map<String, String> metadata) throws IOException {
    store.put(key, metadata, InputStream.nullInputStream());
  }
}
