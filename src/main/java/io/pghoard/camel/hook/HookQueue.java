// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.hook;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be told to one route, in order and by a thread of its own: nothing waits for it.
 * When the queue is full, what comes is dropped, and counted.
 */
final class HookQueue {
  private final Hook hook;
  private final int bound;
  private final Clock clock;
  private final Clock steady;
  private final ThreadPoolExecutor executor;

  private @Nullable Thread thread;
  private @Nullable Instant begun;
  private Instant begunSteady = Instant.EPOCH;
  private int generation;
  private boolean held;
  private @Nullable Instant failingSince;
  private @Nullable String failure;
  private int failures;
  private int dropped;

  /**
   * Tells nobody yet.
   *
   * @param bound how many may wait
   * @param clock for people
   * @param steady for how long a call takes
   */
  HookQueue(Hook hook, int bound, Clock clock, Clock steady) {
    this.hook = hook;
    this.bound = bound;
    this.clock = clock;
    this.steady = steady;
    this.executor =
        new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(bound), this::thread);
    executor.allowCoreThreadTimeOut(true);
  }

  private Thread thread(Runnable work) {
    Thread made = new Thread(work, hook.route());
    made.setDaemon(true);
    return made;
  }

  /** What is told: returns why that has failed, or null. */
  interface Call {
    @Nullable String run();
  }

  /** Returns at once. */
  void add(Call call) {
    try {
      executor.execute(() -> run(call));
    } catch (RejectedExecutionException e) {
      synchronized (this) {
        // Nobody is to be told what a stop cuts off.
        dropped += executor.isShutdown() ? 0 : 1;
      }
    }
  }

  private void run(Call call) {
    int mine;
    synchronized (this) {
      if (!released()) {
        return;
      }
      mine = generation;
      thread = Thread.currentThread();
      begun = clock.instant();
      begunSteady = steady.instant();
    }
    String why = call.run();
    synchronized (this) {
      thread = null;
      begun = null;
      if (mine == generation && !executor.isShutdown()) {
        ended(why);
      }
    }
    // An interrupt that came late is not for the next call.
    boolean ignored = Thread.interrupted();
  }

  /** Waits while the route is being replaced; false when this is ended meanwhile. */
  private synchronized boolean released() {
    try {
      while (held) {
        wait();
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void ended(@Nullable String why) {
    if (why != null) {
      failure = why;
      failures++;
      failingSince = failingSince == null ? clock.instant() : failingSince;
      return;
    }
    failure = null;
    failures = 0;
    failingSince = null;
    if (executor.getQueue().isEmpty()) {
      dropped = 0;
    }
  }

  /** Interrupts the call that runs when it has taken longer than that. */
  synchronized void interruptAfter(Duration limit) {
    if (thread != null && runsFor(limit)) {
      thread.interrupt();
    }
  }

  private boolean runsFor(Duration limit) {
    return begun != null && !steady.instant().isBefore(begunSteady.plus(limit));
  }

  /**
   * Ends the call that runs, holds what waits, and forgets what went wrong: the route is about to
   * be another one.
   */
  synchronized void hold() {
    held = true;
    generation++;
    interruptAfter(Duration.ZERO);
    ended(null);
  }

  /** Goes on with the route that is there now. */
  synchronized void release() {
    held = false;
    notifyAll();
  }

  /** Forgets what waits, too: there is nobody to be told. */
  synchronized void clear() {
    executor.getQueue().clear();
    ended(null);
  }

  void stop() {
    executor.shutdownNow();
  }

  /**
   * What an operator should know, or null.
   *
   * @param patience for which a call may run and nobody is told
   */
  synchronized @Nullable String trouble(Duration patience) {
    StringBuilder text = new StringBuilder();
    if (failure != null) {
      text.append(
          "%s has failed %d times since %s: %s"
              .formatted(hook.route(), failures, failingSince, failure));
    }
    if (runsFor(patience)) {
      text.append(text.isEmpty() ? hook.route() : "; it")
          .append(" has not ended since ")
          .append(begun);
    }
    if (dropped > 0) {
      text.append(text.isEmpty() ? hook.route() : "; it")
          .append(" is too slow: %d events were dropped, as %d waited".formatted(dropped, bound));
    }
    return text.isEmpty() ? null : text.toString();
  }
}
