// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
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
  void answerThatComesTooLate_isHandedOver() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    BlockingQueue<String> late = new LinkedBlockingQueue<>();
    FutureTask<String> caller =
        new FutureTask<>(
            () ->
                LONG.within(
                    "ask",
                    () -> {
                      begun.countDown();
                      // It does not heed that it is given up.
                      while (over.getCount() > 0) {
                        Thread.interrupted();
                        Thread.onSpinWait();
                      }
                      return "answer";
                    },
                    late::add));
    Thread thread = new Thread(caller);
    thread.start();

    // A call that was given up before its thread had begun would not be made at all.
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    thread.interrupt();
    assertThatThrownBy(caller::get).hasCauseInstanceOf(InterruptedIOException.class);
    over.countDown();
    assertThat(late.poll(1, TimeUnit.MINUTES)).isEqualTo("answer");
    assertThat(LONG.within("ask", () -> "in time", late::add)).isEqualTo("in time");
    assertThat(late).isEmpty();
  }

  @Test
  void silence_endsAtTheDeadlineAndInterruptsTheCall() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Deadline.Call<String> call =
        new Deadline(Duration.ofMillis(1))
            .start(
                "put a/b",
                () -> {
                  begun.countDown();
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                  return "";
                });

    // A call that was given up before its thread had begun would not be made at all.
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    assertThatIOException()
        .isThrownBy(call::answer)
        .withMessage("cannot put a/b: the store did not answer within 0 s");
    assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
  }
}
