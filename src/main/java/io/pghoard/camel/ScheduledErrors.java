// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.apache.camel.util.concurrent.RejectableScheduledThreadPoolExecutor;
import org.apache.camel.util.concurrent.SizedScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The thread pools in which routes run on schedule. A run that ends by an error is the last one of
 * its route: the pool keeps the thread and drops the schedule, of which nobody would hear.
 */
final class ScheduledErrors extends DefaultThreadPoolFactory {
  private final Thread.UncaughtExceptionHandler told;

  /**
   * Pools whose errors are told.
   *
   * @param told as if the error had ended the thread
   */
  ScheduledErrors(Thread.UncaughtExceptionHandler told) {
    this.told = told;
  }

  /** As Camel's own makes them. */
  @Override
  public ScheduledExecutorService newScheduledThreadPool(
      ThreadPoolProfile profile, ThreadFactory threads) {
    RejectedExecutionHandler rejected = profile.getRejectedExecutionHandler();
    Pool pool =
        new Pool(
            profile.getPoolSize(),
            threads,
            rejected == null ? new ThreadPoolExecutor.CallerRunsPolicy() : rejected);
    pool.setRemoveOnCancelPolicy(true);
    return profile.getMaxPoolSize() > 0
        ? new SizedScheduledExecutorService(pool, profile.getMaxQueueSize())
        : pool;
  }

  private final class Pool extends RejectableScheduledThreadPoolExecutor {
    Pool(int size, ThreadFactory threads, RejectedExecutionHandler rejected) {
      super(size, threads, rejected);
    }

    /** A task that runs again and again is done only when it has failed or was cancelled. */
    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
      super.afterExecute(task, thrown);
      if (!(task instanceof Future<?> future) || !future.isDone()) {
        return;
      }
      try {
        future.get();
      } catch (CancellationException e) {
        // Its route was stopped.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          told.uncaughtException(Thread.currentThread(), error);
        }
      }
    }
  }
}
