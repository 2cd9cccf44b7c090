// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import java.time.Duration;
import java.time.Instant;
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
  void everyObject_hasOneTurnInAnInterval() {
    int[] counts = new int[KEYS.size()];
    for (int hour = 0; hour < 30 * 24; hour++) {
      Instant after = BEGIN.plus(Duration.ofHours(hour));
      for (int i = 0; i < counts.length; i++) {
        counts[i] += turns.isBetween(KEYS.get(i), after, after.plus(Duration.ofHours(1))) ? 1 : 0;
      }
    }
    assertThat(counts).containsOnly(1);
  }

  @Test
  void turns_areSpreadEvenly() {
    for (int day = 0; day < 30; day++) {
      Instant after = BEGIN.plus(Duration.ofDays(day));
      long due =
          KEYS.stream()
              .filter(key -> turns.isBetween(key, after, after.plus(Duration.ofDays(1))))
              .count();
      assertThat(due).isBetween(250L, 420L);
    }
  }

  @Test
  void afterMoreThanAnInterval_allAreDue() {
    assertThat(KEYS)
        .allMatch(key -> turns.isBetween(key, BEGIN, BEGIN.plus(Duration.ofDays(30))))
        .noneMatch(key -> turns.isBetween(key, BEGIN, BEGIN));
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
