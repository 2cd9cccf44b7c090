// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.StoredObject;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalGap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TimelineTreeTest {
  private static final WalSegmentSize SIZE = WalSegmentSize.DEFAULT;

  private final List<String> names = new ArrayList<>();
  private final List<String> damaged = new ArrayList<>();
  private final List<WalSegmentName> breaks = new ArrayList<>();
  private final List<TimelineHistory> histories = new ArrayList<>();

  private TimelineTreeTest wal(int timeline, int first, int last) {
    for (int number = first; number <= last; number++) {
      names.add(segment(timeline, number).toString());
    }
    return this;
  }

  private TimelineTreeTest history(int timeline, String... lines) {
    names.add("%08X.history".formatted(timeline));
    histories.add(TimelineHistory.parse(timeline, String.join("\n", lines).replace(' ', '\t')));
    return this;
  }

  private TimelineTree tree() {
    return new TimelineTree(StoredWal.of(names, damaged, breaks, SIZE), histories, Map.of());
  }

  private WalReach reach(BaseBackup backup, int timeline) {
    TimelineTree tree = tree();
    return tree.reach(backup, Objects.requireNonNull(tree.way(timeline)));
  }

  private static WalSegmentName segment(int timeline, int number) {
    return WalSegmentName.ofNumber(number, timeline, SIZE);
  }

  private static BaseBackup backup(WalSegmentName first, WalSegmentName last) {
    return backup(Map.of("format", "pghoard-bb-v2", "end-wal-segment", last.toString()), first);
  }

  private static BaseBackup backup(Map<String, String> more, WalSegmentName first) {
    Map<String, String> metadata = new HashMap<>(more);
    metadata.put("start-time", "2026-01-01T10:00:00Z");
    metadata.put("start-wal-segment", first.toString());
    return BaseBackup.of(
        new StoredObject(new ObjectKey("main/basebackup/b"), 1, Instant.EPOCH, metadata));
  }

  private static BaseBackup backup(int timeline, int number) {
    return backup(segment(timeline, number), segment(timeline, number));
  }

  @Test
  void reach_endsAtTheNewestSegment_orAtAGap() {
    wal(1, 1, 3).wal(1, 6, 6);

    assertThat(reach(backup(1, 6), 1))
        .isEqualTo(new WalReach(segment(1, 6), segment(1, 6), null, null));
    assertThat(reach(backup(1, 2), 1).last()).isEqualTo(segment(1, 3));
    assertThat(reach(backup(1, 2), 1).gap()).isEqualTo(new WalGap(segment(1, 4), segment(1, 6)));
    assertThat(reach(backup(1, 5), 1))
        .isEqualTo(
            new WalReach(segment(1, 5), null, new WalGap(segment(1, 5), segment(1, 6)), null));
    assertThat(reach(backup(1, 7), 1)).isEqualTo(new WalReach(segment(1, 7), null, null, null));
  }

  @Test
  void reach_followsTimelines_alsoAtTheBorderOfSegments() {
    // Timeline 1 was left within segment 3, timeline 2 at the start of segment 5.
    wal(1, 1, 2).wal(1, 4, 5).wal(2, 3, 4).wal(3, 5, 6);
    history(3, "1 0/3000028", "2 0/5000000");

    assertThat(reach(backup(1, 1), 3))
        .isEqualTo(new WalReach(segment(1, 1), segment(3, 6), null, null));
    assertThat(reach(backup(2, 4), 3).last()).isEqualTo(segment(3, 6));
    assertThat(reach(backup(3, 5), 3).last()).isEqualTo(segment(3, 6));
    assertThat(reach(backup(1, 1), 1).gap()).isEqualTo(new WalGap(segment(1, 3), segment(1, 4)));
  }

  @Test
  void reach_findsAGapAtATimelineSwitch() {
    wal(1, 1, 1).wal(2, 3, 3).history(2, "1 0/3000028");
    assertThat(reach(backup(1, 1), 2).gap()).isEqualTo(new WalGap(segment(1, 2), segment(2, 3)));
  }

  @Test
  void reach_ofATimelineWithoutWal_endsBeforeIt() {
    wal(1, 1, 2).history(2, "1 0/3000028");
    names.add(segment(1, 3) + ".partial");
    assertThat(reach(backup(1, 1), 2))
        .isEqualTo(new WalReach(segment(1, 1), segment(1, 2), null, null));
  }

  // The server looks for the segment on every timeline of the way, and finds what was left.
  @Test
  void reach_goesAstrayOnTheTimelineThatWasLeft() {
    wal(1, 1, 5).history(2, "1 0/3000028");
    assertThat(reach(backup(1, 1), 2))
        .isEqualTo(new WalReach(segment(1, 1), segment(1, 2), null, segment(1, 3)));
    assertThat(tree().proofOf(segment(2, 3))).isEqualTo(segment(1, 3).toString());

    wal(2, 3, 3);
    assertThat(reach(backup(1, 1), 2).astray()).as("it goes back to none before").isNull();
    assertThat(tree().proofOf(segment(2, 4))).isNull();
  }

  @Test
  void reach_stopsBeforeABreak_unlessTheBackupStartsThere() {
    wal(1, 1, 6).breaks.add(segment(1, 4));
    WalGap gap = new WalGap(segment(1, 4), segment(1, 4), WalGap.Kind.HISTORY_BREAK);

    assertThat(reach(backup(1, 2), 1))
        .isEqualTo(new WalReach(segment(1, 2), segment(1, 3), gap, null));
    assertThat(reach(backup(1, 4), 1).last()).isEqualTo(segment(1, 6));
    assertThat(reach(backup(1, 5), 1).last()).isEqualTo(segment(1, 6));
  }

  @Test
  void reach_stopsBeforeABreakWithWhichATimelineBegins() {
    wal(1, 1, 3).wal(2, 4, 6).history(2, "1 0/4000028").breaks.add(segment(2, 4));
    assertThat(reach(backup(1, 2), 2).last()).isEqualTo(segment(1, 3));
    assertThat(reach(backup(2, 4), 2).last()).isEqualTo(segment(2, 6));
  }

  @Test
  void reach_ofABackupWithItsWal_needsNone() {
    Map<String, String> hot = Map.of("active-backup-mode", "standalone_hot_backup");
    assertThat(reach(backup(hot, segment(1, 2)), 1).last()).isEqualTo(segment(1, 2));
    wal(1, 8, 9);
    assertThat(reach(backup(hot, segment(1, 2)), 1).gap())
        .isEqualTo(new WalGap(segment(1, 3), segment(1, 8)));
    // Ours stores WAL as WAL.
    Map<String, String> ours = new HashMap<>(hot);
    ours.put("format", "pghoard-bb-v2");
    assertThat(reach(backup(ours, segment(1, 2)), 1).last()).isNull();
  }

  @Test
  void backup_liesOnTheWay_whenItEndedBeforeTheSwitch() {
    history(3, "1 0/5000028").history(4, "1 0/5000000", "2 0/7000000");
    TimelineTree tree = tree();
    TimelineHistory toThree = Objects.requireNonNull(tree.way(3));
    TimelineHistory toFour = Objects.requireNonNull(tree.way(4));

    assertThat(tree.leadsFrom(backup(1, 4), toThree)).isTrue();
    assertThat(tree.leadsFrom(backup(1, 5), toThree)).as("within the segment").isTrue();
    assertThat(tree.leadsFrom(backup(1, 6), toThree)).isFalse();
    assertThat(tree.leadsFrom(backup(2, 6), toThree)).as("another branch").isFalse();
    assertThat(tree.leadsFrom(backup(1, 5), toFour)).as("left at its first byte").isFalse();
    assertThat(tree.leadsFrom(backup(2, 6), toFour)).isTrue();
    assertThat(tree.leadsFrom(backup(2, 7), toFour)).isFalse();
    assertThat(tree.leadsFrom(backup(4, 7), toFour)).isTrue();
    assertThat(tree.leadsFrom(backup(segment(1, 4), segment(2, 5)), toFour)).isTrue();
    assertThat(tree.leadsFrom(backup(segment(1, 4), segment(1, 6)), toFour)).isFalse();
  }

  @Test
  void history_isImpliedByALaterOne_andByAnyFileOfItsTimeline() {
    wal(1, 1, 2).history(3, "1 0/3000028", "2 0/5000000");
    names.add(segment(5, 9) + ".partial");
    names.add(segment(6, 9) + ".00000028.backup");
    damaged.add("00000008.history");
    TimelineTree tree = tree();

    assertThat(tree.proofOfHistory(1)).isNull();
    assertThat(tree.proofOfHistory(2)).isEqualTo("00000003.history");
    assertThat(tree.proofOfHistory(4)).isNull();
    assertThat(tree.proofOfHistory(5)).isEqualTo(segment(5, 9) + ".partial");
    assertThat(tree.proofOfHistory(6)).isEqualTo(segment(6, 9) + ".00000028.backup");
    assertThat(tree.proofOfHistory(8)).isEqualTo("00000008.history");
    assertThat(tree.timelines()).containsExactly(8, 6, 5, 3, 2, 1);
    assertThat(tree.way(2)).as("the server does not recover to it").isNull();
    assertThat(tree.missingHistory(1, 1)).as("after the end of recovery").isEqualTo(2);
    assertThat(tree.missingHistory(1, 3)).as("on the way").isEqualTo(2);
    assertThat(tree.missingHistory(3, 3)).isNull();
    assertThat(tree.newestThatTheServerFinds(1)).isEqualTo(1);
  }

  @Test
  void segment_isImpliedByTheHistoryThatLeavesItsTimelineLater() {
    wal(1, 1, 2).wal(3, 6, 6).history(3, "1 0/3000028", "2 0/6000028");
    TimelineTree tree = tree();

    assertThat(tree.proofOf(segment(2, 3))).isEqualTo("00000003.history");
    assertThat(tree.proofOf(segment(2, 5))).isEqualTo("00000003.history");
    assertThat(tree.proofOf(segment(2, 6))).as("it is read on timeline 3").isNull();
    assertThat(tree.proofOf(segment(2, 2))).as("before it began").isNull();
    assertThat(tree.proofOf(segment(1, 3))).isNull();
    assertThat(tree.proofOf(segment(3, 7))).isNull();
  }

  @Test
  void timelines_areUnsigned_andHexadecimalInNames() {
    wal(1, 1, 2).wal(0x10, 2, 4).history(0x10, "1 0/2000028");
    wal(0x80000001, 4, 5).history(0x80000001, "1 0/2000028", "16 0/4000028");
    TimelineTree tree = tree();

    assertThat(tree.timelines()).containsExactly(0x80000001, 0x10, 1);
    assertThat(reach(backup(1, 1), 0x80000001).last()).isEqualTo(segment(0x80000001, 5));
    assertThat(tree.proofOf(segment(0x10, 3))).isNotNull();
    assertThat(tree.proofOfHistory(0x0F)).isNull();
    assertThat(tree.newestThatTheServerFinds(0x0F)).isEqualTo(0x10);
  }
}
