// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.state.LostThreads;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.junit.jupiter.api.Test;

class ScheduledErrorsTest {
  private final LostThreads lost = new LostThreads();

  @Test
  void errorOfAScheduledRun_isTold_asTheRunIsTheLast() {
    ScheduledExecutorService pool = pool();
    try {
      Future<?> schedule =
          pool.scheduleWithFixedDelay(
              () -> {
                throw new StackOverflowError("too deep");
              },
              1,
              1,
              TimeUnit.MILLISECONDS);
      await().until(() -> !lost.all().isEmpty());
      assertThat(lost.all().values()).allMatch(text -> text.contains("too deep"));
      assertThat(schedule).isDone();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void runThatIsCancelled_orFailsOnce_isNone() throws Exception {
    ScheduledExecutorService pool = pool();
    try {
      Future<?> once = pool.schedule(() -> Integer.parseInt("x"), 1, TimeUnit.MILLISECONDS);
      await().until(once::isDone);
      pool.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.MILLISECONDS).cancel(true);
    } finally {
      pool.shutdown();
      assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(lost.all()).isEmpty();
  }

  private ScheduledExecutorService pool() {
    ThreadPoolProfile profile = new ThreadPoolProfile("test");
    profile.setPoolSize(1);
    profile.setMaxPoolSize(1);
    profile.setMaxQueueSize(10);
    profile.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort);
    return new ScheduledErrors(lost).newScheduledThreadPool(profile, Thread::new);
  }
}
