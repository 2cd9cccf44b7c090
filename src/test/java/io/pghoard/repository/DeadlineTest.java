// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private static final Deadline LONG = new Deadline(Duration.ofMinutes(1));

  @Test
  void answer_isPassedOn() throws Exception {
    assertThat(LONG.within("ask", () -> "answer")).isEqualTo("answer");
  }

  @Test
  void failure_isPassedOnAsItIs() {
    IOException failure = new IOException("broken");

    assertThatIOException()
        .isThrownBy(
            () ->
                LONG.within(
                    "ask",
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                LONG.within(
                    "ask",
                    () -> {
                      throw new IllegalStateException();
                    }));
  }

  @Test
  void silence_endsAtTheDeadlineAndInterruptsTheCall() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);

    assertThatIOException()
        .isThrownBy(
            () ->
                new Deadline(Duration.ofMillis(1))
                    .within(
                        "put a/b",
                        () -> {
                          try {
                            never.await();
                          } catch (InterruptedException e) {
                            interrupted.countDown();
                          }
                          return "";
                        }))
        .withMessage("cannot put a/b: the store did not answer within 0 s");
    assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
  }
}
