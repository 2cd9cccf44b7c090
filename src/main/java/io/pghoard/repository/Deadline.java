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
    Future<T> answer = THREADS.submit(call);
    try {
      return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException(
          "cannot %s: the store did not answer within %d s".formatted(deed, limit.toSeconds()), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
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
