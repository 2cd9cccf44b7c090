// SPDX-License-Identifier: Apache-2.0
package io.pghoard.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pghoard.config.SiteName;
import io.pghoard.config.UnknownSiteException;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetentionTest {
  @Test
  void count_keepsTheNewest() throws Exception {
    ExpiringSite site = new ExpiringSite().count(2);
    site.wal(1, 1, 20);
    site.backup("a", 2, 3);
    site.backup("b", 7, 8);
    site.backup("c", 12, 13);

    RetentionPlan plan = site.plan();

    assertThat(site.names(plan))
        .containsExactly(
            "basebackup/a.00000000.pghoard",
            "basebackup_chunk/a/a.00000001.pghoard",
            "basebackup_chunk/a/a.00000002.pghoard",
            "xlog/000000010000000000000001",
            "xlog/000000010000000000000002",
            "xlog/000000010000000000000003",
            "xlog/000000010000000000000004",
            "xlog/000000010000000000000005",
            "xlog/000000010000000000000006");
    assertThat(plan.lines())
        .containsExactly(
            "deleting site/basebackup/a.00000000.pghoard: base backup a, started at"
                + " 2026-11-01T00:00:00Z: 2 newer kept (basebackup_count = 2)",
            "deleting site/basebackup_chunk/a/a.00000001.pghoard and 1 more: a chunk of base backup"
                + " a, which is deleted",
            "deleting site/xlog/000000010000000000000001 and 5 more: no base backup needs WAL from"
                + " before 000000010000000000000007, where b starts");
  }

  @Test
  void backupsOfTwoClusters_areAllKept_withTheirWal() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    site.wal(1, 1, 20);
    site.backupOf("41", "a", 2, 3);
    site.backupOf("42", "b", 7, 8);
    site.backupOf("42", "c", 12, 13);

    RetentionPlan plan = site.plan();

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.trouble())
        .contains(
            "to 2 clusters: system identifier 41",
            "(a), system identifier 42",
            "\"prefix\": \"site-2\"");
    assertThat(plan.lines()).singleElement().asString().startsWith("nothing is deleted: ");
  }

  // The Python pghoard took "a", and noted no identifier; its WAL tells.
  @Test
  void backupOfAnotherClusterByItsWalAlone_isNotPushedOut() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    site.walOf(41, 2);
    site.wal(1, 3, 20);
    site.backup("a", 2, 3);
    site.backupOf("42", "b", 7, 8);
    assertThat(site.plan().trouble()).contains("system identifier 41");

    ExpiringSite moved = new ExpiringSite().count(1);
    moved.walOf(42, 2);
    moved.wal(1, 3, 20);
    moved.backup("a", 2, 3);
    moved.backupOf("42", "b", 7, 8);
    assertThat(moved.plan().trouble()).isNull();
    assertThat(moved.names(moved.plan())).contains("basebackup/a.00000000.pghoard");
  }

  @Test
  void partialSegmentsOfOneName_goTogether() throws Exception {
    ExpiringSite site = new ExpiringSite().count(2);
    fill(site);
    String old = "000000010000000000000003.partial";
    for (String name : List.of(old, "000000010000000000000009.partial")) {
      site.walFile(name);
      site.put(new SiteKeys("site").otherWal(WalFileName.parse(name), "abc"), Map.of());
    }

    assertThat(site.names(site.plan()))
        .contains("xlog/" + old, "xlog_other/" + old + ".abc")
        .noneMatch(name -> name.contains("0009.partial"));
  }

  @Test
  void damagedBackup_doesNotCount() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    fill(site);
    new DamageMarks(site.store(), new SiteKeys("site"))
        .mark(new ObjectKey("site/basebackup_chunk/c/c.00000002.pghoard"), "it was changed");

    assertThat(site.names(site.plan()))
        .contains("basebackup/a.00000000.pghoard")
        .doesNotContain("basebackup/b.00000000.pghoard", "basebackup/c.00000000.pghoard");
  }

  @Test
  void everyCrash_leavesWhatIsListedRestorable() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    fill(site);
    List<Deletion> deletions = site.plan().deletions();
    assertThat(deletions).hasSize(6 + 11);

    for (Deletion deletion : deletions) {
      site.store().delete(deletion.key());
      site.assertAllListedAreRestorable();

      ExpiringSite again = site.copy();
      again.apply(again.plan());
      again.assertAllListedAreRestorable();
      assertThat(again.plan().isEmpty()).as("after a crash at %s", deletion).isTrue();
      assertThat(again.store().keys("site/xlog/")).hasSize(9);
    }
  }

  private static void fill(ExpiringSite site) throws IOException {
    site.wal(1, 1, 20);
    site.backup("a", 2, 3);
    site.backup("b", 7, 8);
    site.backup("c", 12, 13);
  }

  @Test
  void markOfABrokenHistory_goesWithItsSegment() throws Exception {
    ExpiringSite site = new ExpiringSite().count(2);
    fill(site);
    HistoryBreaks breaks = new HistoryBreaks(site.store(), new SiteKeys("site"));
    breaks.mark(WalSegmentName.parse("000000010000000000000005"), "rolled back");
    breaks.mark(WalSegmentName.parse("000000010000000000000009"), "rolled back");

    assertThat(site.names(site.plan()))
        .contains("xlog/000000010000000000000005", "history_break/000000010000000000000005")
        .doesNotContain("history_break/000000010000000000000009");
  }

  @Test
  void countOfNull_keepsAll() throws Exception {
    ExpiringSite site = new ExpiringSite().count(null);
    fill(site);

    assertThat(site.names(site.plan())).containsExactly("xlog/000000010000000000000001");
  }

  @Test
  void backupsThatCannotBeRestored_doNotCount() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    site.wal(1, 1, 9);
    site.backup("good", 2, 3);
    site.backup("wal-is-missing", 9, 10);
    site.backup("no-chunks", 5, 6);
    for (ObjectKey chunk : site.store().keys("site/basebackup_chunk/no-chunks/")) {
      site.store().delete(chunk);
    }

    assertThat(site.names(site.plan())).containsExactly("xlog/000000010000000000000001");

    site.backup("better", 7, 8);
    assertThat(site.names(site.plan()))
        .startsWith("basebackup/good.00000000.pghoard")
        .contains(
            "basebackup/wal-is-missing.00000000.pghoard", "basebackup/no-chunks.00000000.pghoard")
        .endsWith("xlog/000000010000000000000006");
    assertThat(site.plan().lines())
        .anyMatch(line -> line.endsWith(": it cannot be restored; restorable newer ones: 1"));
  }

  @Test
  void lastGoodBackup_neverGoes() throws Exception {
    ExpiringSite site = new ExpiringSite().count(0).age(0, 1);
    site.wal(1, 1, 5);
    site.backup("only", 2, 3);

    assertThat(site.names(site.plan())).containsExactly("xlog/000000010000000000000001");
  }

  @Test
  void withoutBaseBackup_nothingGoes() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    site.wal(1, 1, 5);
    site.chunk("under-way", 1);

    assertThat(site.plan().isEmpty()).isTrue();
    Retention retention = site.retention();
    assertThat(retention.plan(ExpiringSite.NAME).notes())
        .containsExactly("there is no base backup: nothing is deleted");
    assertThat(retention.plan(ExpiringSite.NAME).notes()).as("told once").isEmpty();
  }

  @Test
  void chunksOfABackupUnderWay_stay() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    fill(site);
    site.chunk("under-way", 1);

    assertThat(site.names(site.plan())).noneMatch(name -> name.contains("under-way"));
  }

  @Test
  void inactiveSite_keepsAll() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1).inactive();
    fill(site);

    assertThat(site.plan())
        .isEqualTo(
            new RetentionPlan(List.of(), List.of("site site is not active: nothing is deleted")));
  }

  @Test
  void age_keepsAMinimum() throws Exception {
    // Started on the 1st, 2nd and 3rd of the month; a day apart.
    ExpiringSite site = new ExpiringSite().count(null).age(10, 2);
    fill(site);

    site.now("2026-11-12T00:00:00Z");
    assertThat(site.names(site.plan())).as("10 days after it was due to go").hasSize(1);
    site.now("2026-11-12T00:00:01Z");
    assertThat(site.names(site.plan()))
        .contains("basebackup/a.00000000.pghoard")
        .doesNotContain("basebackup/b.00000000.pghoard");
    assertThat(site.plan().lines().get(0))
        .endsWith("it is older than 10 days (basebackup_age_days_max); 2 newer kept");
    site.now("2030-01-01T00:00:00Z");
    assertThat(site.names(site.plan())).doesNotContain("basebackup/b.00000000.pghoard");
  }

  @Test
  void clockInThePast_letsNothingGoByAge() throws Exception {
    ExpiringSite site = new ExpiringSite().count(null).age(1, 1);
    fill(site);
    site.backup("future", 18, 19, "2031-01-01T00:00:00Z");
    site.now("2030-01-01T00:00:00Z");

    assertThat(site.names(site.plan())).containsExactly("xlog/000000010000000000000001");
    assertThat(site.plan().notes()).singleElement().asString().contains("the clock of this host");
  }

  @Test
  void preservedBackup_keepsItselfAndTheNewer() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    fill(site);
    site.put(
        new ObjectKey("site/preservation_request/b_2026-11-30"),
        Map.of(
            "preserve-backup",
            "b.00000000.pghoard",
            "preserve-until",
            "2026-11-30T00:00:00+00:00"));

    site.now("2026-11-29T00:00:00Z");
    assertThat(site.names(site.plan()))
        .contains("basebackup/a.00000000.pghoard")
        .doesNotContain("basebackup/b.00000000.pghoard")
        .endsWith("xlog/000000010000000000000006");
    assertThat(site.plan().notes())
        .singleElement()
        .asString()
        .startsWith("base backup b and those after it are kept because it is preserved");
    site.now("2026-12-01T00:00:00Z");
    assertThat(site.names(site.plan()))
        .contains("basebackup/b.00000000.pghoard")
        .doesNotContain("preservation_request/b_2026-11-30");
    // By then it has ended by the clock of every machine.
    site.now("2026-12-02T00:00:01Z");
    assertThat(site.names(site.plan())).contains("preservation_request/b_2026-11-30");
  }

  @Test
  void unreadableBackup_keepsAllWal() throws Exception {
    ExpiringSite site = new ExpiringSite().count(2);
    fill(site);
    site.put(new ObjectKey("site/basebackup/odd"), Map.of());

    assertThat(site.names(site.plan()))
        .contains("basebackup/a.00000000.pghoard")
        .noneMatch(name -> name.startsWith("xlog/"));
    assertThat(site.plan().notes())
        .containsExactly(
            "no WAL is deleted, because it is unknown what site/basebackup/odd needs: the metadata has no"
                + " start-time");
  }

  @Test
  void wal_goesOnAllTimelinesWithPartialAndBackupFiles() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    site.wal(1, 1, 4);
    site.wal(2, 4, 9);
    site.walFile("000000010000000000000004.partial");
    site.walFile("000000010000000000000002.00000028.backup");
    site.walFile("000000020000000000000007.00000028.backup");
    site.walFile("00000002.history");
    site.backup("a", 2, 7, 8, "2026-11-05T00:00:00Z");
    site.put(new ObjectKey("site/xlog/notes.txt"), Map.of());

    assertThat(site.names(site.plan()))
        .containsExactly(
            "xlog/000000010000000000000001",
            "xlog/000000010000000000000002",
            "xlog/000000010000000000000002.00000028.backup",
            "xlog/000000010000000000000003",
            "xlog/000000010000000000000004",
            "xlog/000000010000000000000004.partial",
            "xlog/000000020000000000000004",
            "xlog/000000020000000000000005",
            "xlog/000000020000000000000006");
  }

  @Test
  void backupOfAnEarlierPosition_keepsItsWal() throws Exception {
    // The cluster was restored to an earlier time: the newer backup starts at a lower position.
    ExpiringSite site = new ExpiringSite().count(2);
    site.wal(1, 1, 20);
    site.wal(2, 5, 9);
    site.backup("old", 15, 16);
    site.backup("restored", 2, 6, 7, "2026-11-09T00:00:00Z");

    site.apply(site.plan());

    site.assertAllListedAreRestorable();
    assertThat(site.store().keys("site/xlog/").get(0).name()).isEqualTo("000000010000000000000006");
  }

  @Test
  void walOfANewTimeline_staysUntilThereIsABackupOnIt() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    site.wal(1, 14, 20);
    site.wal(2, 5, 9);
    site.backup("old", 15, 16);

    assertThat(site.names(site.plan())).containsExactly("xlog/00000001000000000000000E");
  }

  @Test
  void deltaBackup_leavesTheFilesThatOthersMayUse() throws Exception {
    ExpiringSite site = new ExpiringSite().count(1);
    fill(site);
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("format", "pghoard-delta-v2");
    metadata.put("start-time", "2026-10-01T00:00:00+00:00");
    metadata.put("start-wal-segment", "000000010000000000000001");
    site.put(new ObjectKey("site/basebackup/delta.00000000.pghoard"), metadata);
    site.put(new ObjectKey("site/basebackup_delta/" + "ab".repeat(32)), Map.of());
    site.put(new ObjectKey("site/basebackup_delta_chunk/delta/delta.00000001.pghoard"), Map.of());

    assertThat(site.names(site.plan()))
        .contains("basebackup_delta_chunk/delta/delta.00000001.pghoard")
        .noneMatch(name -> name.startsWith("basebackup_delta/"));
  }

  @Test
  void unknownSite_isRefused() {
    ExpiringSite site = new ExpiringSite();
    assertThatIOException()
        .isThrownBy(() -> site.retention().plan(new SiteName("other")))
        .isInstanceOf(UnknownSiteException.class);
  }

  @Test
  void storeThatCannotBeRead_letsNothingGo(@TempDir Path directory) {
    ExpiringSite site = new ExpiringSite().in(new LocalObjectStore(directory.resolve("unmounted")));
    assertThatIOException().isThrownBy(site::plan);
  }
}
