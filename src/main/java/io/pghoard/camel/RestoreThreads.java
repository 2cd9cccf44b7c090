// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that read chunks side by side, for all restores of this process together. */
final class RestoreThreads {
  private static final long IDLE_SECONDS = 10;

  private RestoreThreads() {}

  static ExecutorService of(int threads) {
    AtomicInteger count = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "restore-" + count.incrementAndGet());
              // A restore that is cut off leaves no cluster, so the process need not wait for it.
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
