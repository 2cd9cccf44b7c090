// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.PlainObject;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalFetchTest {
  private ArchivingSite site;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    site = new ArchivingSite(directory);
  }

  private static String segment(int timeline, int number) {
    return "%08X%08X%08X".formatted(timeline, 0, number);
  }

  private void archived(String... names) throws IOException {
    for (String name : names) {
      site.write(name, ArchivingSite.segment(name, name.charAt(23)));
      site.archiveAlone(name);
    }
  }

  private void history(String name, String text) throws IOException {
    site.write(name, text.getBytes(UTF_8));
    site.archiveAlone(name);
  }

  private long spooled() throws IOException {
    try (Stream<Path> files = Files.list(site.spool.resolve("main/prefetch"))) {
      return files.count();
    }
  }

  @Test
  void storedSegment_comesBackChecked(@TempDir Path target) throws IOException {
    archived(segment(1, 3));
    FetchedWal file = site.fetch(segment(1, 3));
    file.copyTo(target.resolve("RECOVERYXLOG"));
    for (Path created : new Path[] {file.file(), target.resolve("RECOVERYXLOG")}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created)))
          .isEqualTo("rw-------");
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(site.spool.resolve("main/prefetch"))))
        .isEqualTo("rwx------");
    assertThat(target.resolve("RECOVERYXLOG"))
        .hasBinaryContent(ArchivingSite.segment(segment(1, 3), '3'));
    try (InputStream in = file.open()) {
      assertThat(in.readAllBytes()).hasSize(ArchivingSite.SIZE);
    }
    assertThat(spooled()).isZero();
    assertThat(target).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void copyIntoADirectoryThatIsNotThere_fails(@TempDir Path target) throws IOException {
    archived(segment(1, 3));
    FetchedWal file = site.fetch(segment(1, 3));
    assertThatThrownBy(() -> file.copyTo(target.resolve("pg_wal/RECOVERYXLOG")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void segmentAfterTheLast_isAbsent() throws IOException {
    archived(segment(1, 3), segment(1, 4));
    assertThatThrownBy(() -> site.fetch(segment(1, 5))).isInstanceOf(WalAbsentException.class);
  }

  // An unmounted disk looks the same.
  @Test
  void emptyRepository_provesNoAbsence() throws IOException {
    history("00000002.history", "1\t0/425040\tpromoted\n");
    for (String name : new String[] {segment(1, 5), "00000003.history"}) {
      assertThatThrownBy(() -> site.fetch(name))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(WalAbsentException.class)
          .hasMessageContaining("neither WAL nor a base backup below main/")
          .hasMessageContaining("is its file system mounted?");
    }
  }

  @Test
  void repositoryWithABaseBackupAlone_provesAbsence() throws IOException {
    site.store.put(
        new ObjectKey("main/basebackup/2026-11-22_10-00_0.00000000.pghoard"),
        Map.of(),
        InputStream.nullInputStream());
    for (String name : new String[] {segment(1, 5), "00000002.history"}) {
      assertThatThrownBy(() -> site.fetch(name)).isInstanceOf(WalAbsentException.class);
    }
  }

  @Test
  void segmentBeforeALaterPartialOne_isAGap() throws IOException {
    archived(segment(1, 3));
    String partial = segment(1, 5) + ".partial";
    site.write(partial, ArchivingSite.segment(segment(1, 5), 1));
    site.archiveAlone(partial);
    assertThatThrownBy(() -> site.fetch(segment(1, 4)))
        .isInstanceOf(WalGapException.class)
        .hasMessageContaining(partial + " is there");
    assertThatThrownBy(() -> site.fetch(segment(1, 5))).isInstanceOf(WalAbsentException.class);
  }

  @Test
  void missingSegment_isNotExplainedToALookAhead() throws IOException {
    archived(segment(1, 3), segment(1, 5));
    WalRequest ahead = site.fetch.openAhead(ArchivingSite.NAME, WalFileName.parse(segment(1, 4)));
    site.fetch.missing(ahead);
    site.fetch.closeAhead(ahead);
    assertThat(spooled()).isZero();
  }

  @Test
  void segmentBeforeALaterOne_isAGapThatNamesBoth() throws IOException {
    archived(segment(1, 3), segment(1, 5), segment(1, 6));
    assertThatThrownBy(() -> site.fetch(segment(1, 4)))
        .isInstanceOf(WalGapException.class)
        .hasMessageContaining(segment(1, 4) + " is missing")
        .hasMessageContaining(segment(1, 5) + " is there");
  }

  @Test
  void segmentBeforeTheTimelineBegan_isAbsent() throws IOException {
    archived(segment(1, 3), segment(2, 4), segment(2, 5));
    history("00000002.history", "1\t0/425040\tpromoted\n");
    assertThatThrownBy(() -> site.fetch(segment(2, 3))).isInstanceOf(WalAbsentException.class);
  }

  @Test
  void segmentWithWhichTheTimelineBegan_isAGap() throws IOException {
    archived(segment(1, 3), segment(2, 5));
    history("00000002.history", "1\t0/425040\tpromoted\n");
    assertThatThrownBy(() -> site.fetch(segment(2, 4))).isInstanceOf(WalGapException.class);
  }

  @Test
  void lastSegmentOfATimelineThatWasLeft_isAbsent() throws IOException {
    archived(segment(1, 3), segment(2, 4));
    history("00000002.history", "1\t0/425040\tpromoted\n");
    assertThatThrownBy(() -> site.fetch(segment(1, 4))).isInstanceOf(WalAbsentException.class);
  }

  @Test
  void segmentBeforeTheSwitchPoint_isAGap() throws IOException {
    archived(segment(1, 2), segment(2, 4));
    history("00000002.history", "1\t0/425040\tpromoted\n");
    assertThatThrownBy(() -> site.fetch(segment(1, 3)))
        .isInstanceOf(WalGapException.class)
        .hasMessageContaining("00000002.history is there");
  }

  @Test
  void historyOfATimelineThatIsNotThere_isAbsent() throws IOException {
    archived(segment(1, 3), segment(3, 3));
    assertThatThrownBy(() -> site.fetch("00000002.history")).isInstanceOf(WalAbsentException.class);
  }

  // PostgreSQL asks for it whenever a recovery ends on the first timeline.
  @Test
  void historyOfTheFirstTimeline_isAbsent_asThereIsNone() throws IOException {
    archived(segment(1, 3), segment(2, 4));
    assertThatThrownBy(() -> site.fetch("00000001.history")).isInstanceOf(WalAbsentException.class);
  }

  @Test
  void historyOfATimelineThatHasSegments_isAGap() throws IOException {
    archived(segment(1, 3), segment(2, 4));
    assertThatThrownBy(() -> site.fetch("00000002.history")).isInstanceOf(WalGapException.class);
  }

  @Test
  void historyThatALaterOneNames_isAGap() throws IOException {
    archived(segment(1, 3));
    history("00000003.history", "1\t0/425040\tx\n2\t0/525040\tx\n");
    assertThatThrownBy(() -> site.fetch("00000002.history"))
        .isInstanceOf(WalGapException.class)
        .hasMessageContaining("00000003.history is there");
    assertThatThrownBy(() -> site.fetch("00000004.history")).isInstanceOf(WalAbsentException.class);
    assertThatThrownBy(() -> site.fetch(segment(2, 4))).isInstanceOf(WalGapException.class);
    assertThatThrownBy(() -> site.fetch(segment(2, 5))).isInstanceOf(WalAbsentException.class);
  }

  @Test
  void historyOfATimelineWithAPartialSegmentOrABackup_isAGap() throws IOException {
    archived(segment(1, 3));
    String partial = segment(2, 3) + ".partial";
    site.write(partial, ArchivingSite.segment(segment(2, 3), 1));
    site.archiveAlone(partial);
    site.store.put(
        new ObjectKey("main/xlog/" + segment(3, 3) + ".00000028.backup"),
        Map.of(),
        InputStream.nullInputStream());
    assertThatThrownBy(() -> site.fetch("00000002.history")).isInstanceOf(WalGapException.class);
    assertThatThrownBy(() -> site.fetch("00000003.history")).isInstanceOf(WalGapException.class);
  }

  // The server would go on with that of the timeline that was left.
  @Test
  void firstSegmentOfATimeline_isAGap_whileTheOneItLeftIsWhole() throws IOException {
    archived(segment(1, 3), segment(1, 4));
    history("00000002.history", "1\t0/425040\tpromoted\n");
    assertThatThrownBy(() -> site.fetch(segment(2, 4)))
        .isInstanceOf(WalGapException.class)
        .hasMessageContaining(segment(1, 4) + " is there");
  }

  @Test
  void segmentOfABackupThatBringsItsWal_isAbsent() throws IOException {
    archived(segment(1, 9));
    site.store.put(
        new ObjectKey("main/basebackup/hot"),
        Map.of(
            "active-backup-mode", "standalone_hot_backup",
            "start-time", "2026-01-01T10:00:00Z",
            "start-wal-segment", segment(1, 4)),
        InputStream.nullInputStream());
    assertThatThrownBy(() -> site.fetch(segment(1, 3))).isInstanceOf(WalGapException.class);
    assertThatThrownBy(() -> site.fetch(segment(1, 4))).isInstanceOf(WalAbsentException.class);
    assertThatThrownBy(() -> site.fetch(segment(1, 5))).isInstanceOf(WalAbsentException.class);
  }

  @Test
  void historyThatCannotBeUnderstood_provesNoAbsence() throws IOException {
    archived(segment(1, 3));
    site.store.put(
        new ObjectKey("main/timeline/00000003.history"), Map.of(), InputStream.nullInputStream());
    assertThatThrownBy(() -> site.fetch(segment(1, 4)))
        .isNotInstanceOf(WalAbsentException.class)
        .hasMessageContaining("cannot be parsed");
  }

  // PostgreSQL would take the foreign record in it for the end of the WAL.
  @Test
  void segmentAfterABreak_isRefusedToARecoveryFromBefore() throws IOException {
    archived(segment(1, 3), segment(1, 4), segment(1, 5));
    new HistoryBreaks(site.store, new SiteKeys("main"))
        .mark(WalSegmentName.parse(segment(1, 4)), "rolled back");
    for (String from : new String[] {segment(1, 3), segment(2, 2), null, "x"}) {
      assertThatThrownBy(() -> open(segment(1, 4), from))
          .isInstanceOf(WalGapException.class)
          .hasMessageContaining(segment(1, 4) + " does not continue the segment before it");
    }
    for (String from : new String[] {segment(1, 4), segment(1, 5), "0".repeat(24)}) {
      open(segment(1, 4), from);
    }
    open(segment(1, 5), segment(1, 3));
    open(segment(1, 3), null);
  }

  @Test
  void segmentAfterABreak_isGivenWithoutARestartPoint_whenABaseBackupStartsInIt()
      throws IOException {
    archived(segment(1, 3), segment(1, 4));
    new HistoryBreaks(site.store, new SiteKeys("main"))
        .mark(WalSegmentName.parse(segment(1, 4)), "rolled back");
    site.store.put(
        new ObjectKey("main/basebackup/b"),
        Map.of("start-time", "2026-01-01T10:00:00Z", "start-wal-segment", segment(1, 4)),
        InputStream.nullInputStream());
    open(segment(1, 4), null);
    assertThatThrownBy(() -> open(segment(1, 4), segment(1, 3)))
        .isInstanceOf(WalGapException.class);
  }

  private void open(String name, @Nullable String restartPoint) throws IOException {
    site.fetch.open(ArchivingSite.NAME, WalFileName.parse(name), restartPoint);
  }

  @Test
  void lostSegment_isAGap() throws IOException {
    archived(segment(1, 3), segment(1, 4));
    new DamageMarks(site.store, new SiteKeys("main")).mark(key(4), "it is lost");
    site.store.delete(key(4));
    assertThatThrownBy(() -> site.fetch(segment(1, 4))).isInstanceOf(WalGapException.class);
  }

  @Test
  void repositoryThatIsNotThere_isNoAbsence() throws IOException {
    Files.delete(site.repository);
    assertThatThrownBy(() -> site.fetch(segment(1, 3)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(WalAbsentException.class);
  }

  @Test
  void damagedObject_isAnErrorAndLeavesNothing() throws IOException {
    archived(segment(1, 3));
    Path object = site.repository.resolve("main/xlog/" + segment(1, 3));
    byte[] bytes = Files.readAllBytes(object);
    for (int length = 0; length < bytes.length; length += 1 + bytes.length / 20) {
      Files.write(object, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> site.fetch(segment(1, 3)))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(WalAbsentException.class);
    }
    assertThat(spooled()).isZero();
  }

  @Test
  void objectOfOtherContentThanItsMetadata_isAnError() throws IOException {
    byte[] content = ArchivingSite.segment(segment(1, 3), 1);
    for (Map<String, String> lie :
        Stream.of(Map.of("hash", "00", "hash-algorithm", "sha1"), Map.of("original-file-size", "1"))
            .toList()) {
      site.store.put(key(3), lie, new ByteArrayInputStream(content));
      assertThatThrownBy(() -> site.fetch(segment(1, 3))).hasMessageContaining("is damaged");
      site.store.delete(key(3));
    }
  }

  @Test
  void objectUnderAnothersName_isAnError() throws IOException {
    byte[] content = ArchivingSite.segment(segment(1, 4), 1);
    site.store.put(key(3), Map.of(), new ByteArrayInputStream(content));
    assertThatThrownBy(() -> site.fetch(segment(1, 3)))
        .hasMessageContaining("is damaged")
        .isNotInstanceOf(PermanentStorageException.class);
  }

  private static ObjectKey key(int number) {
    return new ObjectKey("main/xlog/" + segment(1, number));
  }

  @Test
  void prefetch_isBoundedAndServedOnce() throws IOException {
    archived(segment(1, 3), segment(1, 4), segment(1, 5), segment(1, 6));
    site.prefetchAfter(segment(1, 3));
    assertThat(spooled()).isEqualTo(2);
    // What is handed out is the file that was fetched ahead, though the object is gone.
    site.store.delete(key(4));
    site.fetch(segment(1, 4)).close();
    assertThatThrownBy(() -> site.fetch(segment(1, 4))).isInstanceOf(WalGapException.class);
  }

  @Test
  void prefetch_goesOnWithTheNextLog() throws IOException {
    String last = "000000010000000000000FFF";
    archived(last);
    WalRequest request = site.fetch.open(ArchivingSite.NAME, WalFileName.parse(last), null);
    site.fetch.receive(request, PlainObject.of(request.key(), site.stored(last)));
    assertThat(site.fetch.ahead(request))
        .extracting(WalFileName::text)
        .containsExactly("000000010000000100000000", "000000010000000100000001");
  }

  @Test
  void prefetchOfAnEarlierProcess_isNeverServed(@TempDir Path directory) throws IOException {
    archived(segment(1, 3));
    Path left = site.spool.resolve("main/prefetch/" + segment(1, 4));
    Files.createDirectories(left.getParent());
    Files.write(left, ArchivingSite.segment(segment(1, 4), 1));
    assertThatThrownBy(() -> site.fetch(segment(1, 4))).isInstanceOf(WalAbsentException.class);
    assertThat(left).doesNotExist();
  }

  @Test
  void prefetchUnderWay_isNotStartedTwice() throws IOException {
    archived(segment(1, 3), segment(1, 4));
    WalFileName name = WalFileName.parse(segment(1, 4));
    WalRequest first = site.fetch.openAhead(ArchivingSite.NAME, name);
    assertThat(site.fetch.openAhead(ArchivingSite.NAME, name).needed()).isFalse();
    site.fetch.closeAhead(first);
    assertThat(site.fetch.openAhead(ArchivingSite.NAME, name).needed()).isTrue();
  }
}
