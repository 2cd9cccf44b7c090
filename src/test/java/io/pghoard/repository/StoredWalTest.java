// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pghoard.postgres.Lsn;
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
  void laterSegment_isOneOfTheSameTimeline() {
    StoredWal wal =
        StoredWal.of(
            List.of(name(1, 5), name(2, 8), name(1, 6) + ".partial", "00000002.history"), SIZE);

    assertThat(wal.hasLaterSegment(segment(1, 4))).isTrue();
    assertThat(wal.hasLaterSegment(segment(1, 5))).as("a partial segment counts").isTrue();
    assertThat(wal.hasLaterSegment(segment(1, 6))).isFalse();
    assertThat(wal.hasLaterSegment(segment(2, 7))).isTrue();
    assertThat(wal.hasLaterSegment(segment(3, 1))).isFalse();
    assertThat(wal.contains(segment(1, 6))).isFalse();
    assertThat(wal.histories()).containsExactly(2);
  }

  @Test
  void namesOfOthers_arePassedOver() {
    StoredWal wal =
        StoredWal.of(
            List.of("x", name(1, 1).toLowerCase(Locale.ROOT) + "z", name(1, 1) + ".x"), SIZE);
    assertThat(wal.timelines()).isEmpty();
  }

  @Test
  void chain_endsAtTheNewestSegment() {
    StoredWal wal = StoredWal.of(List.of(name(1, 1), name(1, 2), name(1, 3)), SIZE);

    assertThat(wal.chain(segment(1, 2), 1, List.of()))
        .isEqualTo(new WalChain(segment(1, 2), segment(1, 3), null));
    assertThat(wal.chain(segment(1, 4), 1, List.of()))
        .isEqualTo(new WalChain(segment(1, 4), null, null));
  }

  @Test
  void chain_stopsAtAGap() {
    StoredWal wal = StoredWal.of(List.of(name(1, 1), name(1, 2), name(1, 5)), SIZE);

    assertThat(wal.chain(segment(1, 1), 1, List.of()))
        .isEqualTo(
            new WalChain(segment(1, 1), segment(1, 2), new WalGap(segment(1, 3), segment(1, 5))));
    assertThat(wal.chain(segment(1, 0), 1, List.of()))
        .isEqualTo(new WalChain(segment(1, 0), null, new WalGap(segment(1, 0), segment(1, 1))));
  }

  @Test
  void chain_followsTimelines() {
    // Timeline 1 was left within segment 3, timeline 2 at the start of segment 5.
    List<WalChain.Switch> switches =
        List.of(
            new WalChain.Switch(1, Lsn.parse("0/3000028")),
            new WalChain.Switch(2, Lsn.parse("0/5000000")));
    StoredWal wal =
        StoredWal.of(
            List.of(
                name(1, 1),
                name(1, 2),
                name(1, 3) + ".partial",
                name(1, 4),
                name(1, 5),
                name(2, 3),
                name(2, 4),
                name(3, 5),
                name(3, 6)),
            SIZE);

    assertThat(wal.chain(segment(1, 1), 3, switches))
        .isEqualTo(new WalChain(segment(1, 1), segment(3, 6), null));
    assertThat(wal.chain(segment(2, 4), 3, switches))
        .isEqualTo(new WalChain(segment(2, 4), segment(3, 6), null));
    assertThat(wal.chain(segment(3, 5), 3, switches))
        .isEqualTo(new WalChain(segment(3, 5), segment(3, 6), null));
    assertThat(wal.chain(segment(1, 1), 1, List.of()).gap())
        .isEqualTo(new WalGap(segment(1, 3), segment(1, 4)));
  }

  @Test
  void chain_findsAGapAtATimelineSwitch() {
    List<WalChain.Switch> switches = List.of(new WalChain.Switch(1, Lsn.parse("0/3000028")));
    StoredWal torn = StoredWal.of(List.of(name(1, 1), name(2, 3)), SIZE);
    StoredWal young = StoredWal.of(List.of(name(1, 1), name(1, 2)), SIZE);

    assertThat(torn.chain(segment(1, 1), 2, switches).gap())
        .isEqualTo(new WalGap(segment(1, 2), segment(2, 3)));
    assertThat(young.chain(segment(1, 1), 2, switches))
        .isEqualTo(new WalChain(segment(1, 1), segment(1, 2), null));
  }

  @Test
  void chain_refusesATimelineThatDoesNotComeAfter() {
    List<WalChain.Switch> switches = List.of(new WalChain.Switch(1, Lsn.parse("0/3000028")));
    StoredWal wal = StoredWal.of(List.of(), SIZE);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> wal.chain(segment(1, 4), 2, switches))
        .withMessage("timeline 2 does not come after the segment 000000010000000000000004");
    assertThatIllegalArgumentException().isThrownBy(() -> wal.chain(segment(2, 4), 1, List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> wal.chain(segment(2, 4), 3, switches));
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
