// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StoredWalTest {
  private static final WalSegmentSize SIZE = WalSegmentSize.DEFAULT;

  @Test
  void runs_joinInAnyOrder() {
    List<String> names =
        new ArrayList<>(IntStream.range(0, 700).mapToObj(number -> name(1, number)).toList());
    Collections.shuffle(names, new Random(1));
    names.addAll(names.subList(0, 100));

    StoredWal wal = StoredWal.of(names, SIZE);

    assertThat(wal.gaps(1)).isEmpty();
    assertThat(wal.newest(1)).isEqualTo(segment(1, 699));
    assertThat(wal.newest(2)).isNull();
    assertThat(wal.timelines()).containsExactly(1);
    assertThat(wal.contains(segment(1, 300))).isTrue();
    assertThat(wal.contains(segment(1, 700))).isFalse();
    assertThat(wal.contains(segment(2, 300))).isFalse();
  }

  @Test
  void names_goOnInTheNextLog() {
    StoredWal wal =
        StoredWal.of(List.of("0000000100000000000000FF", "000000010000000100000000"), SIZE);
    assertThat(wal.gaps(1)).isEmpty();

    StoredWal large =
        StoredWal.of(
            List.of("000000010000000000000003", "000000010000000100000000"),
            new WalSegmentSize(1 << 30));
    assertThat(large.gaps(1)).isEmpty();
  }

  @Test
  void gaps_nameFirstMissingAndNextPresent() {
    StoredWal wal = StoredWal.of(List.of(name(1, 1), name(1, 2), name(1, 5), name(1, 9)), SIZE);

    assertThat(wal.gaps(1))
        .containsExactly(
            new WalGap(segment(1, 3), segment(1, 5)), new WalGap(segment(1, 6), segment(1, 9)));
    assertThat(wal.gaps(1).get(0))
        .hasToString(
            "the first missing segment is 000000010000000000000003,"
                + " the next one that is stored is 000000010000000000000005");
    assertThat(wal.firstMissing(segment(1, 1), segment(1, 2))).isNull();
    assertThat(wal.firstMissing(segment(1, 1), segment(1, 5))).isEqualTo(segment(1, 3));
    assertThat(wal.firstMissing(segment(1, 4), segment(1, 5))).isEqualTo(segment(1, 4));
  }

  @Test
  void proof_isOfTheSameTimeline_aPartialSegmentOrABackup() {
    StoredWal wal =
        StoredWal.of(
            List.of(
                name(1, 5),
                name(2, 8),
                name(1, 6) + ".partial",
                name(3, 4) + ".00000028.backup",
                "00000002.history"),
            SIZE);

    assertThat(wal.proofOf(segment(1, 4))).as("the next one").isEqualTo(name(1, 5));
    assertThat(wal.proofOf(segment(1, 5)))
        .as("a partial segment counts")
        .isEqualTo(name(1, 6) + ".partial");
    assertThat(wal.proofOf(segment(1, 6))).as("the timeline ended in it").isNull();
    assertThat(wal.proofOf(segment(2, 7))).isEqualTo(name(2, 8));
    assertThat(wal.proofOf(segment(3, 4))).as("a backup started in it").isNotNull();
    assertThat(wal.proofOf(segment(3, 5))).isNull();
    assertThat(wal.proofOf(segment(4, 1))).isNull();
    assertThat(wal.contains(segment(1, 6))).isFalse();
    assertThat(wal.histories()).containsExactly(2);
    assertThat(wal.shownTimelines()).containsExactly(1, 2, 3);
  }

  @Test
  void markedObjects_countAsMissing_andProveThatTheyWere() {
    StoredWal wal =
        StoredWal.of(
            List.of(name(1, 1), name(1, 2), name(1, 3), "00000002.history"),
            List.of(name(1, 2), name(1, 4), "00000002.history", "00000003.history", "a.chunk"),
            List.of(),
            SIZE);

    assertThat(wal.gaps(1))
        .containsExactly(new WalGap(segment(1, 2), segment(1, 3), WalGap.Kind.DAMAGED));
    assertThat(wal.proofOf(segment(1, 4))).as("lost, and marked").isEqualTo(name(1, 4));
    assertThat(wal.histories()).isEmpty();
    assertThat(wal.hadHistory(2)).isTrue();
    assertThat(wal.hadHistory(3)).isTrue();
  }

  @Test
  void breaks_areGaps_butForTheFirstSegmentOfARun() {
    StoredWal wal =
        StoredWal.of(
            List.of(name(1, 1), name(1, 2), name(1, 3), name(1, 5)),
            List.of(),
            List.of(segment(1, 3), segment(1, 5), segment(1, 9)),
            SIZE);

    assertThat(wal.gaps(1))
        .containsExactly(
            new WalGap(segment(1, 3), segment(1, 3), WalGap.Kind.HISTORY_BREAK),
            new WalGap(segment(1, 4), segment(1, 5)));
    assertThat(wal.gaps(1).get(0).toString())
        .startsWith("the segment 000000010000000000000003 does not continue the one before it");
  }

  @Test
  void namesOfOthers_arePassedOver() {
    StoredWal wal =
        StoredWal.of(
            List.of("x", name(1, 1).toLowerCase(Locale.ROOT) + "z", name(1, 1) + ".x"), SIZE);
    assertThat(wal.timelines()).isEmpty();
  }

  @Test
  void timelines_areUnsigned() {
    StoredWal wal = StoredWal.of(List.of(name(0x80000000, 1), name(1, 1)), SIZE);
    assertThat(wal.timelines()).containsExactly(1, 0x80000000);
  }

  private static WalSegmentName segment(int timeline, int number) {
    return WalSegmentName.ofNumber(number, timeline, SIZE);
  }

  private static String name(int timeline, int number) {
    return segment(timeline, number).toString();
  }
}
