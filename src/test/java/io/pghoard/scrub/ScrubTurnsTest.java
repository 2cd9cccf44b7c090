// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScrubTurnsTest {
  private static final Instant BEGIN = Instant.parse("2026-11-29T12:00:00Z");
  private static final List<ObjectKey> KEYS =
      IntStream.range(0, 10_000)
          .mapToObj(number -> new ObjectKey("main/xlog/%024X".formatted(number)))
          .toList();

  private final ScrubTurns turns = new ScrubTurns(Duration.ofDays(30));

  @Test
  void turns_areAnIntervalApart() {
    for (ObjectKey key : KEYS) {
      Instant first = turns.next(key, BEGIN);
      assertThat(first).isAfter(BEGIN).isBeforeOrEqualTo(BEGIN.plus(Duration.ofDays(30)));
      assertThat(turns.next(key, first)).isEqualTo(first.plus(Duration.ofDays(30)));
      assertThat(turns.next(key, first.minusMillis(1))).isEqualTo(first);
    }
  }

  @Test
  void turns_areSpreadEvenly() {
    int[] days = new int[30];
    for (ObjectKey key : KEYS) {
      days[(int) Duration.between(BEGIN, turns.next(key, BEGIN).minusMillis(1)).toDays()]++;
    }
    assertThat(Arrays.stream(days)).allMatch(due -> due > 250 && due < 420);
  }

  @Test
  void round_beginsOnceInAnInterval() {
    long rounds =
        IntStream.range(0, 90)
            .filter(
                day ->
                    turns.isNewRound(
                        BEGIN.plus(Duration.ofDays(day)), BEGIN.plus(Duration.ofDays(day + 1))))
            .count();
    assertThat(rounds).isEqualTo(3);
  }
}
