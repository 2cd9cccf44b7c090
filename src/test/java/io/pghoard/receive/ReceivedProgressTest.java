// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.Lsn;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReceivedProgressTest {
  private static final Lsn FIRST = Lsn.parse("0/1000");
  private static final Lsn SECOND = Lsn.parse("0/2000");
  private static final Lsn THIRD = Lsn.parse("0/3000");

  private long nanos = Long.MAX_VALUE - 1;
  private final ReceivedProgress progress =
      new ReceivedProgress(() -> nanos, Duration.ofMinutes(10));

  @Test
  void serverThatWritesNothing_isNoFault() {
    for (int day = 0; day < 3; day++) {
      assertThat(progress.still("a", FIRST)).isNull();
      pass(Duration.ofDays(1));
    }
  }

  @Test
  void serverThatGoesOnAlone_isOneAfterAWhile_untilSomethingArrives() {
    progress.still("a", FIRST);
    pass(Duration.ofDays(1));
    assertThat(progress.still("a", SECOND)).isNull();
    pass(Duration.ofMinutes(9));
    assertThat(progress.still("a", SECOND)).isNull();
    pass(Duration.ofMinutes(1));
    assertThat(progress.still("a", THIRD)).hasMinutes(10);
    assertThat(progress.flushed()).isEqualTo(FIRST);
    assertThat(progress.still("b", THIRD)).isNull();
    pass(Duration.ofDays(1));
    assertThat(progress.still("b", THIRD)).isNull();
  }

  @Test
  void receiver_isStartedAnewNoMoreOftenThanItsPatienceLasts() {
    assertThat(progress.isToBeEnded()).isTrue();
    pass(Duration.ofMinutes(9));
    assertThat(progress.isToBeEnded()).isFalse();
    pass(Duration.ofMinutes(1));
    assertThat(progress.isToBeEnded()).isTrue();
  }

  @Test
  void serverThatWasRolledBack_isLookedAtAnew() {
    progress.still("a", THIRD);
    assertThat(progress.still("a", FIRST)).isNull();
    progress.still("a", SECOND);
    pass(Duration.ofMinutes(11));
    assertThat(progress.still("a", SECOND)).hasMinutes(11);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
