// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a call to a store that never answers, where the store's own client does not.
 *
 * @param limit how long a call may take
 */
public record Deadline(Duration limit) {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "store-call");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Makes the call, in a thread of its own.
   *
   * @param deed what cannot be done when there is no answer: "put site/xlog/..."
   * @param call is interrupted when its time is over; what it returns later is lost
   * @throws IOException what the call throws; or, which may pass, that the store did not answer
   */
  public <T> T within(String deed, Callable<T> call) throws IOException {
    return start(deed, call).answer();
  }

  /**
   * As {@link #within(String, Callable)}, for an answer that has to be closed.
   *
   * @param late takes the answer that comes when nobody waits for it any more
   */
  public <T> T within(String deed, Callable<T> call, Consumer<T> late) throws IOException {
    AtomicBoolean settled = new AtomicBoolean();
    AtomicReference<@Nullable T> come = new AtomicReference<>();
    Call<T> begun =
        start(
            deed,
            () -> {
              T answer = call.call();
              come.set(answer);
              if (!settled.compareAndSet(false, true)) {
                late.accept(answer);
              }
              return answer;
            });
    try {
      return begun.answer();
    } catch (IOException | RuntimeException e) {
      boolean came = !settled.compareAndSet(false, true);
      T answer = come.get();
      if (came && answer != null) {
        // While its time ran out.
        late.accept(answer);
      }
      throw e;
    }
  }

  /** Begins the call; its time runs from now on. */
  public <T> Call<T> start(String deed, Callable<T> call) {
    return new Call<>(deed, System.nanoTime() + limit.toNanos(), THREADS.submit(call));
  }

  /** A call that is being made. */
  public final class Call<T> {
    private final String deed;
    private final long end;
    private final Future<T> answer;

    private Call(String deed, long end, Future<T> answer) {
      this.deed = deed;
      this.end = end;
      this.answer = answer;
    }

    /** Gives it up. */
    public void cancel() {
      answer.cancel(true);
    }

    /** Waits for its end; throws as {@link #within} does. */
    public T answer() throws IOException {
      try {
        return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        cancel();
        throw new IOException(
            "cannot %s: the store did not answer within %d s".formatted(deed, limit.toSeconds()),
            e);
      } catch (InterruptedException e) {
        cancel();
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted: " + deed);
        interrupted.initCause(e);
        throw interrupted;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IOException("cannot " + deed, e.getCause());
      }
    }
  }
}
