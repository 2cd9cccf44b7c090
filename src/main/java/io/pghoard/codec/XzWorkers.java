// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;

/** The threads and the spare buffers that all streams of one {@link Lzma} share. */
final class XzWorkers {
  private static final int IDLE_SECONDS = 2;

  private final int threads;
  private final ThreadPoolExecutor pool;
  private final ArrayCache arrays = new BasicArrayCache();
  private final ArrayBlockingQueue<XzBlock> spare;

  XzWorkers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("compression needs at least 1 thread, not " + threads);
    }
    this.threads = threads;
    spare = new ArrayBlockingQueue<>(threads + 2);
    pool =
        new ThreadPoolExecutor(
            threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    pool.setThreadFactory(
        work -> {
          Thread thread = new Thread(work, "lzma");
          thread.setDaemon(true);
          return thread;
        });
    // Idle threads end, so that there is nothing to shut down.
    pool.allowCoreThreadTimeOut(true);
  }

  int threads() {
    return threads;
  }

  ThreadPoolExecutor pool() {
    return pool;
  }

  ArrayCache arrays() {
    return arrays;
  }

  XzBlock take() {
    @Nullable XzBlock block = spare.poll();
    return block == null ? new XzBlock() : block;
  }

  /** Takes a block that no thread uses any more; beyond the bound it is left to the collector. */
  void giveBack(XzBlock block) {
    var unused = spare.offer(block);
  }
}
