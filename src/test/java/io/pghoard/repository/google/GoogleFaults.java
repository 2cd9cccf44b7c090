// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What {@link GoogleServer} does wrong, on demand. */
public final class GoogleFaults {
  private final List<Refusal> refusals = new ArrayList<>();
  private final AtomicInteger lostAnswers = new AtomicInteger();
  private volatile long brokenChunkAfter = -1;
  private volatile long keptOfChunk = -1;
  private volatile boolean sessionsLost;
  private final AtomicInteger unmade = new AtomicInteger();
  private final AtomicInteger tooEarly = new AtomicInteger();
  private volatile @Nullable CountDownLatch silence;

  /** Calls that are refused, as often as this says. */
  private static final class Refusal {
    private final Predicate<GoogleCall> calls;
    private final GoogleError error;
    private int times;

    Refusal(Predicate<GoogleCall> calls, GoogleError error, int times) {
      this.calls = calls;
      this.error = error;
      this.times = times;
    }
  }

  /** Ends all of them. */
  public synchronized void none() {
    refusals.clear();
    lostAnswers.set(0);
    brokenChunkAfter = -1;
    keptOfChunk = -1;
    sessionsLost = false;
    unmade.set(0);
    tooEarly.set(0);
    CountDownLatch silent = silence;
    silence = null;
    if (silent != null) {
      silent.countDown();
    }
  }

  /** The next calls of this method, or of any when it is null, get this answer. */
  public synchronized void refuse(
      @Nullable String method, int status, String reason, String message, int times) {
    refusals.add(
        new Refusal(
            call -> method == null || call.method().equals(method),
            new GoogleError(status, reason, message),
            times));
  }

  /** The next upload that is complete is kept, and its answer is lost. */
  public void loseNextAnswer() {
    lostAnswers.set(1);
  }

  /** The next chunk of a resumable upload is answered 503 in the middle. */
  public void breakNextChunk(long after) {
    brokenChunkAfter = after;
  }

  /** Of the next chunk only so many bytes are kept, and the 308 says so. */
  public void keepOfNextChunk(long bytes) {
    keptOfChunk = bytes;
  }

  /** The next upload that has all its bytes is not made an object, and answered 308. */
  public void keepNextWithoutObject() {
    unmade.set(1);
  }

  /** The next chunk that is not the last is answered 200, as by a proxy that knows no better. */
  public void answerNextChunkTooEarly() {
    tooEarly.set(1);
  }

  boolean makesNoObject() {
    return unmade.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
  }

  boolean answersTooEarly() {
    return tooEarly.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
  }

  /** Resumable uploads are forgotten: 410. */
  public void loseSessions() {
    sessionsLost = true;
  }

  /** Requests are taken, and never answered. */
  public void silence() {
    silence = new CountDownLatch(1);
  }

  void before(GoogleCall call) throws GoogleError, InterruptedException {
    CountDownLatch silent = silence;
    if (silent != null) {
      silent.await();
      throw new InterruptedException("whoever has asked is gone");
    }
    synchronized (this) {
      for (Refusal refusal : refusals) {
        if (refusal.times > 0 && refusal.calls.test(call)) {
          refusal.times--;
          throw refusal.error;
        }
      }
    }
  }

  boolean losesAnswer() {
    return lostAnswers.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
  }

  boolean losesSessions() {
    return sessionsLost;
  }

  /** How many bytes of this chunk come before it breaks, or -1. */
  long breaksChunk() {
    long after = brokenChunkAfter;
    brokenChunkAfter = -1;
    return after;
  }

  /** How many bytes of this chunk are kept, or -1 for all. */
  long keepsOfChunk() {
    long kept = keptOfChunk;
    keptOfChunk = -1;
    return kept;
  }
}
