// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The blocks of one stream that workers have in hand; they leave in the order they came in. */
final class XzBlocksInOrder {
  private final XzWorkers workers;
  private final ArrayDeque<FutureTask<XzBlock>> inHand = new ArrayDeque<>();

  XzBlocksInOrder(XzWorkers workers) {
    this.workers = workers;
  }

  /** One more than there are threads, so that none waits while the oldest block is written. */
  boolean isFull() {
    return inHand.size() > workers.threads();
  }

  boolean isEmpty() {
    return inHand.isEmpty();
  }

  void add(Callable<XzBlock> work) {
    FutureTask<XzBlock> task = new FutureTask<>(work);
    inHand.add(task);
    workers.pool().execute(task);
  }

  /** Waits for the oldest block. */
  XzBlock next() throws IOException {
    try {
      return inHand.remove().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted in LZMA").initCause(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("an LZMA worker failed: " + e.getCause(), e.getCause());
    }
  }

  /** Drops all blocks; a worker that has one in hand is interrupted. */
  void abandon() {
    for (FutureTask<XzBlock> task : inHand) {
      task.cancel(true);
      workers.pool().remove(task);
    }
    inHand.clear();
  }
}
