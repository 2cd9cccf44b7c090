// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePlannerTest {
  private static final SiteName SITE = new SiteName("main");

  private HandMadeRepository repository;
  private Path target;

  @BeforeEach
  void createRepository(@TempDir Path directory) throws IOException {
    repository = new HandMadeRepository(directory.resolve("repository"));
    target = directory.resolve("restored");
  }

  private RestoreRun run(Object... words) {
    Map<String, Object> map = new HashMap<>(Map.of("target_dir", target.toString()));
    for (int i = 0; i < words.length; i += 2) {
      map.put((String) words[i], words[i + 1]);
    }
    RestoreRequest request = RestoreParameters.parse(SITE, map);
    return new RestoreRun(
        "1",
        request,
        new RestoreProgress(Clock.systemUTC()),
        new RestoreHost(List.of(), "restore %f %p"));
  }

  /** Plans, and gives the name of the chosen backup. */
  private String plan(Object... words) throws IOException {
    RestoreRun run = run(words);
    RestoreSteps steps = repository.steps();
    ObjectKey key = steps.choose(run);
    steps.plan(run, repository.store().get(key));
    return run.backup().name();
  }

  /** Plans, and gives the directories of the tablespaces. */
  private List<Path> places(Object... words) throws IOException {
    RestoreRun run = run(words);
    RestoreSteps steps = repository.steps();
    steps.plan(run, repository.store().get(steps.choose(run)));
    return run.plan().tablespaces().stream().map(TablespaceDirectory::path).toList();
  }

  private void refused(String message, Object... words) {
    assertThatThrownBy(() -> plan(words))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining(message);
    assertThat(target).doesNotExist();
  }

  /** Two backups, of segments 2 to 3 and 5 to 6, and WAL up to segment 8. */
  private void twoBackups() throws IOException {
    repository.backup("first", 2, 3, "2026-01-01T10:00:00Z");
    repository.backup("second", 5, 6, "2026-01-02T10:00:00Z");
    for (int segment = 2; segment <= 8; segment++) {
      repository.segment(1, segment, "2026-01-0%dT12:00:00Z".formatted(segment < 5 ? 1 : 3));
    }
  }

  @Test
  void latest_isTheNewestBackup() throws IOException {
    twoBackups();
    assertThat(plan()).isEqualTo("second");
    assertThat(plan("basebackup", "first")).isEqualTo("first");
    assertThat(plan("basebackup", "first.00000000.pghoard")).isEqualTo("first");
  }

  @Test
  void damagedBackup_isPassedOver_unlessItIsNamed() throws IOException {
    twoBackups();
    damage("second");
    RestoreRun run = run();
    repository.steps().choose(run);
    assertThat(run.backup().name()).isEqualTo("first");
    assertThat(run.progress().snapshot().notes())
        .singleElement()
        .asString()
        .contains("second is nearer to the target than first, and is not used, as it is damaged");

    RestoreRun named = run("basebackup", "second");
    repository.steps().choose(named);
    assertThat(named.progress().snapshot().notes())
        .singleElement()
        .asString()
        .contains("second is marked as damaged", repository.chunk("second").text());
  }

  @Test
  void damagedBackup_isUsedWhereThereIsNoOther() throws IOException {
    twoBackups();
    damage("first");
    assertThat(plan("recovery_target_time", "2026-01-02 09:00:00Z")).isEqualTo("first");
  }

  @Test
  void damagedWal_isNotRecoveredAcross() throws IOException {
    twoBackups();
    damage(new ObjectKey("main/xlog/000000010000000000000007"));
    refused("the segment 000000010000000000000007 is damaged");
  }

  private void damage(String backup) throws IOException {
    damage(repository.chunk(backup));
  }

  private void damage(ObjectKey key) throws IOException {
    new DamageMarks(repository.store(), new SiteKeys("main")).mark(key, "it was changed");
  }

  @Test
  void time_isTheNewestBackupThatEndedByThen() throws IOException {
    twoBackups();
    assertThat(plan("recovery_target_time", "2026-01-02 10:00:00Z")).isEqualTo("second");
    assertThat(plan("recovery_target_time", "2026-01-02 09:59:59Z")).isEqualTo("first");
  }

  @Test
  void lsn_isTheNewestBackupThatEndedByThen() throws IOException {
    twoBackups();
    assertThat(plan("recovery_target_lsn", "0/7000000")).isEqualTo("second");
    assertThat(plan("recovery_target_lsn", "0/5FFFFFF")).isEqualTo("first");
  }

  @Test
  void noBackup_isRefused() {
    refused("site main has no base backup");
  }

  @Test
  void unknownBackup_isRefused() throws IOException {
    twoBackups();
    refused("no base backup third; it has first, second", "basebackup", "third");
  }

  @Test
  void targetBeforeTheFirstBackup_isRefused() throws IOException {
    twoBackups();
    refused(
        "first ended at 2026-01-01 10:00:00+00", "recovery_target_time", "2026-01-01 09:00:00Z");
    refused("first ended in WAL segment", "recovery_target_lsn", "0/2000000");
    refused(
        "base backup second ended after",
        "basebackup",
        "second",
        "recovery_target_time",
        "2026-01-01 11:00:00Z");
  }

  @Test
  void targetAfterTheEndOfTheWal_isRefusedWithTheRange() throws IOException {
    twoBackups();
    refused(
        "from 2026-01-02 10:00:00+00 to 2026-01-03 12:00:01+00",
        "recovery_target_time",
        "2026-01-03 12:00:01.5Z");
    // Of the second that the store tells, nobody knows which part.
    assertThat(plan("recovery_target_time", "2026-01-03 12:00:00.5Z")).isEqualTo("second");
    refused("recovery can go up to 0/9000000", "recovery_target_lsn", "0/9000000");
  }

  @Test
  void gap_isRefusedWhereRecoveryCannotPassIt() throws IOException {
    twoBackups();
    repository.deleteSegment(1, 7);
    refused("first missing segment is 000000010000000000000007, the next one that is stored is");
    refused("gap", "recovery_target_lsn", "0/8000000");
    assertThat(plan("recovery_target_immediate", true)).isEqualTo("second");
    assertThat(plan("recovery_target_lsn", "0/6FFFFFF")).isEqualTo("second");
  }

  @Test
  void gap_isToldWhereTheTargetMayLieBehindIt() throws IOException {
    twoBackups();
    repository.deleteSegment(1, 7);
    RestoreRun run = run("recovery_target_name", "a");
    repository.steps().choose(run);
    assertThat(run.progress().snapshot().notes())
        .singleElement()
        .asString()
        .contains("000000010000000000000007");
  }

  @Test
  void missingWalOfTheBackup_isRefused() throws IOException {
    twoBackups();
    repository.deleteSegment(1, 6);
    refused(
        "needs the WAL segments 000000010000000000000005 to 000000010000000000000006",
        "recovery_target_immediate",
        true);
    repository.deleteSegment(1, 7);
    repository.deleteSegment(1, 8);
    refused("the archive ends with 000000010000000000000005");
  }

  @Test
  void latestTimeline_isFollowed() throws IOException {
    twoBackups();
    repository.history(2, "1\t0/8000000\tno recovery target specified\n");
    refused("cannot be reached", "recovery_target_lsn", "0/9000001");
    repository.segment(2, 8, "2026-01-04T12:00:00Z");
    repository.segment(2, 9, "2026-01-04T12:00:00Z");
    assertThat(plan("recovery_target_lsn", "0/9000001")).isEqualTo("second");
    refused(
        "cannot be reached",
        "recovery_target_lsn",
        "0/9000001",
        "recovery_target_timeline",
        "current");
    refused("no history of timeline 3", "recovery_target_timeline", "3");
  }

  @Test
  void backupWithoutTheHistoryOfItsTimeline_isRefused() throws IOException {
    WalSegmentName segment = new WalSegmentName(2, 0, 3);
    repository.backup("promoted", segment, segment, "2026-01-01T10:00:00Z");
    repository.segment(2, 3, "2026-01-01T12:00:00Z");
    refused("copy 00000002.history from pg_wal");
    repository.history(2, "1\t0/3000000\tno recovery target specified\n");
    assertThat(plan()).isEqualTo("promoted");
  }

  @Test
  void backupOffTheWay_isPassedOver_andRefusedWhenNamed() throws IOException {
    twoBackups();
    repository.history(2, "1\t0/4000000\tbefore 2026-01-01 13:00:00+00\n");
    repository.segment(2, 4, "2026-01-04T12:00:00Z");
    assertThat(plan()).isEqualTo("first");
    assertThat(plan("recovery_target_timeline", "current")).isEqualTo("second");
    assertThat(plan("recovery_target_timeline", "1")).isEqualTo("second");
    assertThat(plan("recovery_target_immediate", true)).isEqualTo("second");
    refused("timeline 1 was left at 0/4000000, then came timeline 2", "basebackup", "second");
    refused("use --recovery-target-timeline 1", "basebackup", "second");
  }

  // Until its first segment is archived, the server would read on where the timeline was left.
  @Test
  void timelineWithoutItsFirstSegment_isRefused() throws IOException {
    twoBackups();
    repository.history(2, "1\t0/7000028\tbefore 2026-01-01 13:00:00+00\n");
    refused("of timeline 2, which begins at 0/7000028, no WAL is archived yet");
    refused("SELECT pg_switch_wal() archives it; to restore timeline 1 instead");
    refused("--recovery-target-timeline 1", "recovery_target_name", "a");
    assertThat(plan("recovery_target_timeline", "1")).isEqualTo("second");
    assertThat(plan("recovery_target_immediate", true)).isEqualTo("second");
    assertThat(plan("recovery_target_lsn", "0/6FFFFFF")).isEqualTo("second");
    repository.segment(2, 7, "2026-01-04T12:00:00Z");
    assertThat(plan()).isEqualTo("second");
  }

  @Test
  void historyMissingInTheMiddle_isRefused_whereTheServerAsksForIt() throws IOException {
    twoBackups();
    repository.history(3, "1\t0/8000028\tx\n2\t0/8000100\tx\n");
    repository.segment(3, 8, "2026-01-04T12:00:00Z");
    String missing = "no 00000002.history, although 00000003.history shows that timeline 2 exists";
    refused(missing, "restore_to_primary", true);
    refused(missing);
    refused(missing, "recovery_target_timeline", "3", "restore_to_primary", true);
    refused(missing, "recovery_target_timeline", "1", "restore_to_primary", true);
    repository.history(2, "1\t0/8000028\tx\n");
    assertThat(timeline("restore_to_primary", true)).isEqualTo("3");
    assertThat(timeline()).as("a standby follows later ones too").isEqualTo("latest");
    assertThat(timeline("recovery_target_timeline", "0x3")).isEqualTo("0x3");
    assertThat(timeline("recovery_target_timeline", "1")).isEqualTo("1");
    damage(new ObjectKey("main/timeline/00000002.history"));
    refused("00000002.history is marked as damaged", "restore_to_primary", true);
    refused("00000002.history is marked as damaged", "recovery_target_timeline", "1");
  }

  // Nothing tells that there was a timeline 2: a server that recovers to 3 is told so too.
  @Test
  void numberThatNoTimelineHas_stopsAStandbyOnly() throws IOException {
    twoBackups();
    repository.history(3, "1\t0/8000028\tx\n");
    repository.segment(3, 8, "2026-01-04T12:00:00Z");
    assertThat(timeline("restore_to_primary", true)).isEqualTo("3");
    refused("a standby looks for the histories of the timelines after 1 one by one");
  }

  @Test
  void newestTimelineWithoutItsHistory_isRefused_notAnOlderOneRestored() throws IOException {
    twoBackups();
    repository.segment(0x1A, 8, "2026-01-04T12:00:00Z");
    refused(
        "the archive has no history of timeline 26, which 0000001A", "restore_to_primary", true);
    refused("copy 0000001A.history from pg_wal", "recovery_target_timeline", "26");
    refused("use --recovery-target-timeline 1");
    assertThat(plan("recovery_target_timeline", "1")).isEqualTo("second");
    repository.history(0x1A, "1\t0/8000028\tx\n");
    assertThat(timeline("restore_to_primary", true)).isEqualTo("26");
    damage(new ObjectKey("main/timeline/0000001A.history"));
    refused("copy 0000001A.history from pg_wal");
  }

  // A server that recovers to timeline 1 asks for the history of 2, to find a number of its own.
  @Test
  void timelineThatCannotBeRestoredEither_isNotProposed() throws IOException {
    twoBackups();
    repository.segment(2, 8, "2026-01-04T12:00:00Z");
    assertThatThrownBy(this::plan)
        .hasMessageContaining("copy 00000002.history from pg_wal")
        .hasMessageNotContaining("--recovery-target-timeline");
    refused("no 00000002.history", "recovery_target_timeline", "1");
  }

  @Test
  void twoForks_endOnTheHighest() throws IOException {
    twoBackups();
    repository.history(2, "1\t0/8000028\tx\n");
    repository.segment(2, 8, "2026-01-04T12:00:00Z");
    repository.history(3, "1\t0/4000028\tx\n");
    repository.segment(3, 4, "2026-01-04T12:00:00Z");
    assertThat(plan()).isEqualTo("first");
    assertThat(timeline("restore_to_primary", true)).isEqualTo("3");
    assertThat(plan("recovery_target_timeline", "2")).isEqualTo("second");
  }

  @Test
  void wayThatLeavesWithinTheLastSegmentOfTheBackup_isRefused() throws IOException {
    // The manifest says that it ended at 0/2000100.
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(2, 2, "2026-01-01T12:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
    repository.history(2, "1\t0/20000F8\tx\n");
    refused("base backup only ended at 0/2000100, and timeline 1, on the way to timeline 2");
  }

  @Test
  void historyBreak_isAGap() throws IOException {
    twoBackups();
    new HistoryBreaks(repository.store(), new SiteKeys("main"))
        .mark(WalSegmentName.parse("000000010000000000000007"), "rolled back");
    refused("the segment 000000010000000000000007 does not continue the one before it");
    assertThat(plan("recovery_target_immediate", true)).isEqualTo("second");
    repository.backup("third", 7, 8, "2026-01-03T10:00:00Z");
    assertThat(plan()).isEqualTo("third");
  }

  @Test
  void backupThatBringsItsWal_needsNoArchive() throws IOException {
    repository.hotBackup("hot", 2);
    assertThat(plan()).isEqualTo("hot");
    assertThat(plan("recovery_target_immediate", true)).isEqualTo("hot");
    repository.segment(1, 9, "2026-01-03T12:00:00Z");
    refused("such as --recovery-target-immediate");
    assertThat(plan("recovery_target_immediate", true)).isEqualTo("hot");
  }

  @Test
  void time_isGoodBeforeTheLastCommit() throws IOException {
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.scanned(1, 2, "2026-01-01T09:59:00+00:00");
    refused(
        "No transaction that ended after base backup only is archived yet",
        "recovery_target_time",
        "2026-01-01 10:00:00Z");
    refused("SELECT pg_switch_wal()", "recovery_target_time", "2026-01-01 10:00:00Z");
    repository.scanned(1, 3, "2026-01-01T11:00:00.5+00:00");
    repository.scanned(1, 4, "none");
    repository.scanned(1, 5, "none");

    String last = "2026-01-01 11:00:00.5Z";
    assertThat(plan("recovery_target_time", "2026-01-01 11:00:00.499999Z")).isEqualTo("only");
    assertThat(plan("recovery_target_time", last, "recovery_target_inclusive", false))
        .isEqualTo("only");
    refused(
        "from 2026-01-01 10:00:00+00 to 2026-01-01 11:00:00.499999+00. Without a target time, everything that is archived is restored",
        "recovery_target_time",
        last);
    refused(
        "the last transaction in it ended at 2026-01-01 11:00:00.5+00",
        "recovery_target_time",
        "2026-01-01 12:00:00Z");
  }

  // Timeline 1 went on until 15:00; a recovery to 13:00 left it, and was ready at 16:00.
  @Test
  void timeOnATimelineThatWasLeft_isRefused_withItsNumber() throws IOException {
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.scanned(1, 2, "2026-01-01T10:01:00+00:00");
    repository.scanned(1, 3, "2026-01-01T12:00:00+00:00");
    repository.scanned(1, 4, "2026-01-01T15:00:00+00:00");
    repository.scanned(2, 4, "2026-01-01T16:30:00+00:00");
    repository.history(2, "1\t0/4001000\tbefore 2026-01-01 14:00:00.5+01\n");

    String[] after = {"recovery_target_time", "2026-01-01 14:00:00Z"};
    refused(
        "lies after timeline 1 was left for the next one, before 2026-01-01 14:00:00.5+01",
        (Object[]) after);
    refused("use --recovery-target-timeline 1", (Object[]) after);
    for (String timeline : new String[] {"1", "2"}) {
      assertThat(timeline(after[0], after[1], "recovery_target_timeline", timeline))
          .isEqualTo(timeline);
    }
    assertThat(timeline(after[0], "2026-01-01 13:00:00Z")).as("an earlier one").isEqualTo("2");
    assertThat(timeline(after[0], "2026-01-01 16:00:00Z")).as("a later one").isEqualTo("2");
  }

  @Test
  void timeThatMayBeOnATimelineThatWasLeft_isNoted() throws IOException {
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.scanned(1, 2, "2026-01-01T10:01:00+00:00");
    repository.scanned(1, 3, "2026-01-01T12:00:00+00:00");
    repository.scanned(1, 4, "2026-01-01T15:00:00+00:00");
    repository.scanned(2, 4, "2026-01-01T16:30:00+00:00");
    repository.history(2, "1\t0/4001000\tno recovery target specified\n");
    RestoreRun run = run("recovery_target_time", "2026-01-01 14:00:00Z");
    repository.steps().choose(run);
    assertThat(run.progress().snapshot().notes())
        .singleElement()
        .asString()
        .contains("timeline 1 was left for the next one at 0/4001000, perhaps before");
    RestoreRun before = run("recovery_target_time", "2026-01-01 11:00:00Z");
    repository.steps().choose(before);
    assertThat(before.progress().snapshot().notes()).isEmpty();
  }

  @Test
  void timeInSegmentsThatWereNotScanned_isAnEstimate() throws IOException {
    twoBackups();
    repository.scanned(1, 9, "none");
    RestoreRun run = run("recovery_target_time", "2026-01-03 11:00:00Z");
    repository.steps().choose(run);
    assertThat(run.progress().snapshot().notes())
        .singleElement()
        .asString()
        .contains("ended, only that it was by 2026-01-03 12:00:01+00");
    refused("it was archived by", "recovery_target_time", "2026-01-03 12:00:02Z");
  }

  /** Plans, and gives the timeline that the server is told. */
  private String timeline(Object... words) throws IOException {
    RestoreRun run = run(words);
    RestoreSteps steps = repository.steps();
    ObjectKey key = steps.choose(run);
    steps.plan(run, repository.store().get(key));
    return run.plan().request().recovery().timeline();
  }

  @Test
  void missingChunk_isRefused() throws IOException {
    twoBackups();
    repository.store().delete(repository.chunk("second"));
    refused("its chunk " + repository.chunk("second") + " is not in the repository");
  }

  @Test
  void lsnWithinTheBackup_isRefused() throws IOException {
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
    refused(
        "lies before the end of the base backup, 0/2000100", "recovery_target_lsn", "0/2000099");
    assertThat(plan("recovery_target_lsn", "0/2000100")).isEqualTo("only");
  }

  @Test
  void usedTarget_isRefused() throws IOException {
    twoBackups();
    Path control = Files.createDirectories(target.resolve("global")).resolve("pg_control");
    Files.write(control, new byte[8192]);
    assertThatThrownBy(this::plan).hasMessageContaining("is not empty");
    assertThat(plan("overwrite", true)).isEqualTo("second");
    assertThat(control).exists();
  }

  @Test
  void unknownTablespace_isRefused() throws IOException {
    twoBackups();
    refused("has no tablespace fast", "tablespace_dir", Map.of("fast", "/ssd"));
  }

  @Test
  void tablespace_isPlaced_apartFromTheDataDirectory() throws IOException {
    repository.tablespace("fast", "/old/place", 16384);
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
    refused("create /old", "tablespace_original_dirs", true);
    refused("must lie apart", "tablespace_dir", Map.of("fast", target.resolve("fast").toString()));
    refused("--tablespace-dir 16384=DIR", "tablespace_dir", Map.of("fast", target.toString()));
    Path base = Files.createDirectory(target.resolveSibling("tablespaces"));
    assertThat(plan("tablespace_base_dir", base.toString())).isEqualTo("only");
    Files.createDirectory(base.resolve("fast"));
    Files.createFile(base.resolve("fast/file"));
    refused("for tablespace fast", "tablespace_base_dir", base.toString());
  }

  @Test
  void tablespaces_areToldApartByTheirObjectIds() throws IOException {
    repository.tablespace("a/b", "/old/slash", 16384);
    // Called like the one before is numbered.
    repository.tablespace("16384", "/old/number", 16385);
    repository.tablespace("..", "/old/dots", 16386);
    repository.tablespace("b\udcfccher", "/old/b\udcfccher", 16387);
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
    Path base = Files.createDirectory(target.resolveSibling("tablespaces"));
    Path own = Files.createDirectory(target.resolveSibling("own"));
    assertThat(plan("tablespace_base_dir", base.toString())).isEqualTo("only");
    // A name comes before an object id: this is the second one.
    assertThat(
            places(
                "tablespace_base_dir",
                base.toString(),
                "tablespace_dir",
                Map.of("16384", own + "/n")))
        .containsExactlyInAnyOrder(
            base.resolve("16384"), own.resolve("n"), base.resolve("16386"), base.resolve("16387"));
    assertThat(
            places(
                "tablespace_base_dir",
                base.toString(),
                "tablespace_dir",
                Map.of("a/b", own.toString())))
        .contains(own, base.resolve("16385"));
    refused(
        "create /old",
        "tablespace_dir",
        Map.of("16386", own.toString()),
        "tablespace_original_dirs",
        true);
    refused(
        "two directories are given for tablespace .. (16386)",
        "tablespace_dir",
        Map.of("16386", own.toString(), "..", own.toString()));
  }

  @Test
  void tablespaceGoesWhereItWas_onlyIfThatIsAllowed_orItIsThere() throws IOException {
    Path old = Files.createDirectory(target.resolveSibling("old"));
    repository.tablespace("fast", old.toString(), 16384);
    repository.tablespace("slow", "/etc/cron.d", 16385);
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
    Path slow = target.resolveSibling("slow");
    refused(
        "tablespace fast (16384) to " + old + ", tablespace slow (16385) to /etc/cron.d: allow");
    refused(
        "the base backup would write tablespace fast (16384) to " + old + ": allow that",
        "tablespace_dir",
        Map.of("slow", slow.toString()));
    assertThat(
            places(
                "tablespace_dir",
                Map.of("slow", slow.toString()),
                "tablespace_original_dirs",
                true))
        .containsExactlyInAnyOrder(old, slow);

    // The cluster that is overwritten has it there.
    Files.createDirectories(target.resolve("pg_tblspc"));
    Files.createDirectories(target.resolve("global"));
    Files.write(target.resolve("global/pg_control"), new byte[8192]);
    Files.writeString(target.resolve("PG_VERSION"), "15\n");
    Files.createSymbolicLink(target.resolve("pg_tblspc/16384"), old);
    assertThat(places("overwrite", true, "tablespace_dir", Map.of("slow", slow.toString())))
        .contains(old);
  }

  @Test
  void tablespacesOfOneObjectId_orNone_areRefused() throws IOException {
    repository.tablespace("fast", "/old/fast", 16384);
    repository.tablespace("slow", "/old/slow", 16384);
    repository.backup("twice", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
    refused("or one that another has too", "tablespace_original_dirs", true);
  }

  @Test
  void tooLittleSpace_isRefusedWithBothNumbers() throws IOException {
    repository.size(1L << 44);
    repository.backup("huge", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
    refused("the restore needs 17,592,186,052,616 bytes");
  }

  @Test
  void preservation_isAskedFor_andTakenBack() throws IOException {
    twoBackups();
    RestoreRun run = run("preserve_until", "2026-02-01 00:00:00Z");
    RestoreSteps steps = repository.steps();
    ObjectKey key = steps.choose(run);
    steps.plan(run, repository.store().get(key));
    assertThat(repository.store().list("main/preservation_request/")).isEmpty();
    steps.begin(run);
    assertThat(repository.store().list("main/preservation_request/"))
        .singleElement()
        .satisfies(
            object -> {
              assertThat(object.key().name())
                  .isEqualTo("second.00000000.pghoard_2026-02-01T00:00:00+00:00");
              assertThat(object.metadata())
                  .containsEntry("preserve-backup", "second.00000000.pghoard")
                  .containsEntry("preserve-until", "2026-02-01 00:00:00+00:00");
            });
    steps.writeMainObject(run, repository.store().get(key));
    ObjectKey chunk = repository.chunk("second");
    steps.writeChunk(run, chunk, repository.store().get(chunk));
    steps.finish(run);
    assertThat(repository.store().list("main/preservation_request/")).isEmpty();
  }

  @Test
  void unknownFormat_isRefused() throws IOException {
    repository
        .store()
        .put(
            new ObjectKey("main/basebackup/delta.00000000.pghoard"),
            Map.of(
                "format", "pghoard-delta-v2",
                "start-time", Instant.EPOCH.toString(),
                "start-wal-segment", "000000010000000000000002"),
            new ByteArrayInputStream("x".getBytes(UTF_8)));
    refused("format pghoard-delta-v2, which this version cannot restore");
  }
}
