// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.archive.WalRefusedException.Reason;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalArchiveTest {
  private static final String SEGMENT = "00000001000000000000000A";

  private ArchivingSite site;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    site = new ArchivingSite(directory);
  }

  private static void refused(Reason reason, ThrowingCallable archiving) {
    assertThatThrownBy(archiving)
        .isInstanceOfSatisfying(
            WalRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void segment_isStoredWithItsFacts() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    assertThat(site.archive(SEGMENT)).isTrue();
    try (ObjectContent stored = site.stored(SEGMENT)) {
      assertThat(stored.metadata())
          .containsEntry("pg-version", "150000")
          .containsEntry("compression-algorithm", "lzma")
          .containsEntry("compression-level", "0")
          .containsEntry("original-file-size", "1048576")
          .containsEntry("hash-algorithm", "sha1")
          .containsEntry("system-identifier", Long.toString(ArchivingSite.CLUSTER))
          .containsKeys("host", "hash");
    }
  }

  @Test
  void segmentOfTheLargestSize_isAccepted() throws IOException {
    String name = "000000010000000100000003";
    byte[] header = Arrays.copyOf(ArchivingSite.segment(name, 1, 1 << 30, 40), 40);
    try (RandomAccessFile file = new RandomAccessFile(site.write(name, header).toFile(), "rw")) {
      file.setLength(1 << 30);
    }
    assertThat(site.open(name).stored()).isFalse();
  }

  @Test
  void sameSegmentTwice_isStoredOnce() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    assertThat(site.archive(SEGMENT)).isTrue();
    assertThat(site.archive(SEGMENT)).isFalse();
  }

  @Test
  void sameContentInAnotherFile_isComparedAndAccepted() throws IOException {
    Path file = site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    site.archive(SEGMENT);
    Files.delete(file);
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    assertThat(site.archive(SEGMENT)).isFalse();
  }

  @Test
  void otherContentUnderTheSameName_isRefusedNamingBothHashes() throws IOException {
    Path file = site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    site.archive(SEGMENT);
    String first;
    try (ObjectContent stored = site.stored(SEGMENT)) {
      first = stored.metadata().get("hash");
    }
    Files.delete(file);
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 2));
    assertThatThrownBy(() -> site.archive(SEGMENT))
        .isInstanceOf(WalConflictException.class)
        .hasMessageContaining("its sha1 is " + first)
        .hasMessageContaining("that of the new file is ");
  }

  @Test
  void storedObjectThatIsDamaged_isNoSuccess() throws IOException {
    Path file = site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    site.archive(SEGMENT);
    Path object = site.repository.resolve("main/xlog/" + SEGMENT);
    byte[] bytes = Files.readAllBytes(object);
    Files.write(object, Arrays.copyOf(bytes, bytes.length - 4));
    Files.delete(file);
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    assertThatThrownBy(() -> site.archive(SEGMENT))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(WalConflictException.class)
        .hasMessageContaining("is already stored but cannot be read");
  }

  @Test
  void objectWithoutHash_isCompared() throws IOException {
    byte[] content = ArchivingSite.segment(SEGMENT, 1);
    site.store.put(
        new ObjectKey("main/xlog/" + SEGMENT),
        Map.of("compression-algorithm", "lzma"),
        new ByteArrayInputStream(ArchivingSite.compressed(new ByteArrayInputStream(content))));
    site.write(SEGMENT, content);
    assertThat(site.archive(SEGMENT)).isFalse();
  }

  @Test
  void objectThatVanished_isStoredAgain() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    site.archive(SEGMENT);
    site.store.delete(new ObjectKey("main/xlog/" + SEGMENT));
    assertThat(site.archive(SEGMENT)).isTrue();
  }

  // What another process put may not be durable yet; the store's put sees to it.
  @Test
  void objectOfAnotherProcess_isPutAllTheSame() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    site.archive(SEGMENT);
    ArchivingSite restarted = new ArchivingSite(site.data.resolveSibling(""));
    WalOffer offer = restarted.open(SEGMENT);
    assertThat(offer.stored()).isFalse();
    restarted.archive.compare(offer);
    assertThat(offer.stored()).isTrue();
    restarted.archive.close(offer);
    assertThat(restarted.archive(SEGMENT)).isFalse();
  }

  @Test
  void objectWhoseHashHasNoAlgorithm_isComparedBySha1() throws IOException {
    byte[] content = ArchivingSite.segment(SEGMENT, 1);
    site.write(SEGMENT, content);
    WalOffer offer = site.open(SEGMENT);
    site.store.put(
        offer.key(),
        Map.of("compression-algorithm", "lzma", "hash", offer.hash("sha1")),
        new ByteArrayInputStream(ArchivingSite.compressed(new ByteArrayInputStream(content))));
    site.archive.close(offer);
    assertThat(site.archive(SEGMENT)).isFalse();
  }

  @Test
  void lostRace_isDecidedByTheContent() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    WalOffer offer = site.open(SEGMENT);
    assertThat(offer.stored()).isFalse();
    site.store.put(
        offer.key(),
        Map.of("compression-algorithm", "lzma"),
        new ByteArrayInputStream(
            ArchivingSite.compressed(new ByteArrayInputStream(ArchivingSite.segment(SEGMENT, 2)))));
    assertThatThrownBy(() -> site.archive.compare(offer)).isInstanceOf(WalConflictException.class);
  }

  @Test
  void secondOfTheSameName_waitsForTheFirst() throws Exception {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    WalOffer first = site.open(SEGMENT);
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return site.archive(SEGMENT);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(second).isNotDone();
    byte[] compressed = ArchivingSite.compressed(first.content());
    site.store.put(first.key(), first.metadata(), new ByteArrayInputStream(compressed));
    site.archive.stored(first);
    site.archive.close(first);
    assertThat(second.get()).isFalse();
  }

  @Test
  void closingTwice_doesNotEndAnothersTurn() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    WalOffer first = site.open(SEGMENT);
    site.archive.close(first);
    WalOffer second = site.open(SEGMENT);
    site.archive.close(first);
    assertThat(site.archive.wanted(ArchivingSite.NAME, WalFileName.parse(SEGMENT))).isFalse();
    site.archive.close(second);
  }

  @Test
  void lookAhead_wantsOnlyWhatIsWorthTrying() throws IOException {
    WalFileName name = WalFileName.parse(SEGMENT);
    assertThat(site.archive.wanted(ArchivingSite.NAME, name)).isFalse();
    site.write(SEGMENT, new byte[12]);
    assertThat(site.archive.wanted(ArchivingSite.NAME, name)).isTrue();
    assertThatThrownBy(() -> site.archive(SEGMENT));
    assertThat(site.archive.wanted(ArchivingSite.NAME, name)).isFalse();
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    assertThat(site.archive.wanted(ArchivingSite.NAME, name)).isTrue();
    site.archive(SEGMENT);
    assertThat(site.archive.wanted(ArchivingSite.NAME, name)).isFalse();
  }

  @Test
  void missingFile_isRefused() {
    refused(Reason.MISSING, () -> site.archive(SEGMENT));
  }

  @Test
  void symbolicLink_isRefused_andNotLookedAtAhead() throws IOException {
    Path file = site.write("elsewhere", ArchivingSite.segment(SEGMENT, 1));
    Files.createSymbolicLink(file.resolveSibling(SEGMENT), file);
    assertThat(site.archive.wanted(ArchivingSite.NAME, WalFileName.parse(SEGMENT))).isFalse();
    refused(Reason.SYMBOLIC_LINK, () -> site.archive(SEGMENT));
  }

  @Test
  void segmentThatIsCutOff_isRefused() throws IOException {
    for (int length : new int[] {0, 39, 40, 100, ArchivingSite.SIZE - 1}) {
      site.write(SEGMENT, Arrays.copyOf(ArchivingSite.segment(SEGMENT, 1), length));
      refused(Reason.SIZE, () -> site.archive(SEGMENT));
    }
  }

  @Test
  void segmentThatIsTooLong_isRefused() throws IOException {
    byte[] content = ArchivingSite.segment(SEGMENT, 1);
    site.write(SEGMENT, Arrays.copyOf(content, content.length + 1));
    refused(Reason.SIZE, () -> site.archive(SEGMENT));
  }

  @Test
  void zeros_areRefused() throws IOException {
    site.write(SEGMENT, new byte[ArchivingSite.SIZE]);
    refused(Reason.NOT_WAL, () -> site.archive(SEGMENT));
  }

  @Test
  void recycledSegment_isRefused() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment("000000010000000000000003", 1));
    refused(Reason.RECYCLED, () -> site.archive(SEGMENT));
  }

  @Test
  void segmentOfAnotherCluster_isRefused() throws IOException {
    byte[] content = ArchivingSite.segment(SEGMENT, 1);
    content[24]++;
    site.write(SEGMENT, content);
    refused(Reason.FOREIGN_CLUSTER, () -> site.archive(SEGMENT));
  }

  private void ofAnotherCluster() throws IOException {
    site.store.put(
        new ObjectKey("main/basebackup/2026-11-01_00-00_0"),
        Map.of(
            "start-time",
            "2026-11-01T00:00:00+00:00",
            "start-wal-segment",
            SEGMENT,
            "system-identifier",
            "42",
            "wal-segment-size",
            "1048576"),
        new ByteArrayInputStream(new byte[0]));
  }

  // A cluster made anew has the data directory, and its own WAL fits it well.
  @Test
  void clusterThatIsNotTheStoredOne_isRefusedWhateverItHandsOver() throws IOException {
    ofAnotherCluster();
    String backup = SEGMENT + ".00000028.backup";
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    site.write(SEGMENT + ".partial", ArchivingSite.segment(SEGMENT, 1));
    site.write("00000002.history", "1\t0/A25040\tpromoted\n".getBytes(UTF_8));
    site.write(backup, ("START WAL LOCATION: 0/A00028 (file " + SEGMENT + ")\n").getBytes(UTF_8));
    for (String name : new String[] {SEGMENT, SEGMENT + ".partial", "00000002.history", backup}) {
      assertThatThrownBy(() -> site.archive(name))
          .isInstanceOf(ForeignClusterException.class)
          .hasMessageContaining("refused " + name);
    }
    assertThat(site.store.keys("main/xlog/")).isEmpty();
    assertThat(site.store.keys("main/timeline/")).isEmpty();
  }

  @Test
  void segmentOfAnotherSizeThanTheStoredOnes_isRefusedByName() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    site.archive(SEGMENT);
    String name = "000000010000000000000003";
    site.write(name, ArchivingSite.segment(name, 1, 4 << 20, 4 << 20));
    assertThatThrownBy(() -> site.archive(name))
        .isInstanceOf(ForeignClusterException.class)
        .hasMessageContaining("the segment size was changed");
  }

  @Test
  void segmentOfAnotherVersion_isRefused() throws IOException {
    byte[] content = ArchivingSite.segment(SEGMENT, 1);
    content[0] = 0x0D;
    site.write(SEGMENT, content);
    refused(Reason.VERSION, () -> site.archive(SEGMENT));
  }

  @Test
  void segmentOfAVersionThatIsNotKnownYet_isArchived_unlessSomethingElseIsWrong()
      throws IOException {
    byte[] content = ArchivingSite.segment(SEGMENT, 1);
    content[0] = (byte) 0xF0;
    byte[] foreign = content.clone();
    foreign[24]++;
    site.write(SEGMENT, foreign);
    assertThatThrownBy(() -> site.archive(SEGMENT)).hasMessageContaining("system identifier");
    byte[] misplaced = content.clone();
    misplaced[10]++;
    site.write(SEGMENT, misplaced);
    assertThatThrownBy(() -> site.archive(SEGMENT)).isInstanceOf(WalRefusedException.class);
    site.write(SEGMENT, content);
    site.archive(SEGMENT);
    assertThat(site.open(SEGMENT).stored()).isTrue();
  }

  @Test
  void segmentOfALaterTimeline_isRefused() throws IOException {
    byte[] content = ArchivingSite.segment(SEGMENT, 1);
    content[4] = 2;
    site.write(SEGMENT, content);
    refused(Reason.TIMELINE, () -> site.archive(SEGMENT));
  }

  @Test
  void firstSegmentOfATimeline_carriesTheFormerOne() throws IOException {
    site.write("00000002.history", "1\t0/A25040\tpromoted\n".getBytes(UTF_8));
    site.write("00000002000000000000000A", ArchivingSite.segment(SEGMENT, 1));
    site.write("00000002000000000000000B", ArchivingSite.segment("00000001000000000000000B", 1));
    assertThat(site.archive("00000002.history")).isTrue();
    assertThat(site.archive("00000002000000000000000A")).isTrue();
    refused(Reason.TIMELINE, () -> site.archive("00000002000000000000000B"));
  }

  // It is whole from its first page on, and would be stored with half of what it will hold.
  @Test
  void segmentThatPostgresStillWrites_isRefused_untilItIsFinished() throws IOException {
    for (String name : new String[] {SEGMENT, "00000001000000000000000B.partial"}) {
      site.write(name, ArchivingSite.segment(name, 1));
      Files.delete(site.status(name, ".done"));
      refused(Reason.UNFINISHED, () -> site.archive(name));
      Files.createFile(site.status(name, ".ready"));
      assertThat(site.archive(name)).isTrue();
    }
  }

  @Test
  void fileThatWasReceived_needsNoStatusFile() throws IOException {
    Path file = Files.write(site.data.resolveSibling(SEGMENT), ArchivingSite.segment(SEGMENT, 1));
    WalOffer offer = site.archive.open(ArchivingSite.NAME, WalFileName.parse(SEGMENT), file);
    site.archive.close(offer);
    assertThat(offer.stored()).isFalse();
  }

  // Archiving was off at the promotion, so PostgreSQL will never hand it over.
  @Test
  void firstFileOfATimeline_bringsTheHistoryOfTheTimeline() throws IOException {
    String name = "00000002000000000000000C";
    site.write(name, ArchivingSite.segment(name, 1));
    refused(Reason.NO_HISTORY, () -> site.archive(name));
    assertThat(site.store.keys("main/xlog/")).isEmpty();

    Path history = site.write("00000002.history", "1\t0/A25040\tpromoted\n".getBytes(UTF_8));
    assertThat(site.archive(name)).isTrue();
    assertThat(site.store.keys("main/timeline/"))
        .containsExactly(new ObjectKey("main/timeline/00000002.history"));

    Files.delete(history);
    String next = "00000002000000000000000D.partial";
    site.write(next, ArchivingSite.segment(next, 1));
    assertThat(site.archive(next)).isTrue();
  }

  // Two servers were promoted to timeline 2, and this segment's name is free.
  @Test
  void segmentOfATimelineWithAnotherHistory_isRefused() throws IOException {
    Path history = site.write("00000002.history", "1\t0/A25040\tpromoted\n".getBytes(UTF_8));
    site.archive("00000002.history");
    Files.delete(history);
    site.write("00000002.history", "1\t0/B25040\tpromoted\n".getBytes(UTF_8));
    String name = "00000002000000000000000C";
    site.write(name, ArchivingSite.segment(name, 1));
    assertThatThrownBy(() -> site.archive(name)).isInstanceOf(WalConflictException.class);
    assertThat(site.store.keys("main/xlog/")).isEmpty();
  }

  @Test
  void backupHistoryOfALaterTimeline_bringsTheHistoryToo() throws IOException {
    String name = "00000003000000000000000C.00000028.backup";
    site.write(
        name, "START WAL LOCATION: 0/C00028 (file 00000003000000000000000C)\n".getBytes(UTF_8));
    site.write("00000003.history", "2\t0/A25040\tpromoted\n".getBytes(UTF_8));
    assertThat(site.archive(name)).isTrue();
    assertThat(site.store.keys("main/timeline/")).hasSize(1);
  }

  // Two servers were promoted, and each leaves what it has of the last segment before.
  @Test
  void partialSegmentThatDiffers_isKeptBesideTheFirst() throws IOException {
    String name = SEGMENT + ".partial";
    Path file = site.write(name, ArchivingSite.segment(SEGMENT, 1));
    site.archive(name);
    Files.delete(file);
    site.write(name, ArchivingSite.segment(SEGMENT, 2));
    assertThat(site.archive(name)).isTrue();
    assertThat(site.archive(name)).isFalse();
    Files.delete(file);
    site.write(name, ArchivingSite.segment(SEGMENT, 2));
    assertThat(site.archive(name)).isFalse();
    assertThat(site.store.keys("main/xlog_other/")).hasSize(1);
    assertThat(site.store.keys("main/xlog/")).hasSize(1);
  }

  @Test
  void backupHistoryThatDiffers_isKeptBesideTheFirst() throws IOException {
    String name = SEGMENT + ".00000028.backup";
    String text = "START WAL LOCATION: 0/A00028 (file " + SEGMENT + ")\n";
    Path file = site.write(name, text.getBytes(UTF_8));
    site.archive(name);
    Files.delete(file);
    site.write(name, (text + "LABEL: another\n").getBytes(UTF_8));
    assertThat(site.archive(name)).isTrue();
    assertThat(site.store.keys("main/xlog_other/" + name)).hasSize(1);
  }

  @Test
  void partialSegment_isStoredUnderItsName() throws IOException {
    site.write(SEGMENT + ".partial", ArchivingSite.segment(SEGMENT, 1));
    assertThat(site.archive(SEGMENT + ".partial")).isTrue();
    site.stored(SEGMENT + ".partial").close();
  }

  @Test
  void backupHistory_isStored() throws IOException {
    String name = SEGMENT + ".00000028.backup";
    site.write(name, ("START WAL LOCATION: 0/A00028 (file " + SEGMENT + ")\n").getBytes(UTF_8));
    assertThat(site.archive(name)).isTrue();
  }

  @Test
  void historyOfOtherContent_isRefused() throws IOException {
    Path file = site.write("00000002.history", "1\t0/A25040\tpromoted\n".getBytes(UTF_8));
    site.archive("00000002.history");
    Files.delete(file);
    site.write("00000002.history", "1\t0/B25040\tpromoted\n".getBytes(UTF_8));
    assertThatThrownBy(() -> site.archive("00000002.history"))
        .isInstanceOfSatisfying(
            WalConflictException.class,
            e ->
                assertThat(e.remedy())
                    .contains("two servers were promoted", "\"prefix\": \"main-2\""))
        .hasMessageContaining("says \"1 0/A25040 promoted\"")
        .hasMessageContaining("says \"1 0/B25040 promoted\"")
        .hasMessageContaining("archived on ");
  }

  @Test
  void historyThatIsNone_isRefused() throws IOException {
    site.write("00000002.history", "hello\n".getBytes(UTF_8));
    refused(Reason.NOT_WAL, () -> site.archive("00000002.history"));
    site.write(SEGMENT + ".00000028.backup", "hello\n".getBytes(UTF_8));
    refused(Reason.NOT_WAL, () -> site.archive(SEGMENT + ".00000028.backup"));
  }

  @Test
  void fileThatChangesWhileItIsRead_isRefused() throws IOException {
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 1));
    WalOffer offer = site.open(SEGMENT);
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 2));
    Files.setLastModifiedTime(site.data.resolve("pg_wal").resolve(SEGMENT), FileTime.fromMillis(0));
    refused(Reason.CHANGED, () -> ArchivingSite.compressed(offer.content()));
  }
}
