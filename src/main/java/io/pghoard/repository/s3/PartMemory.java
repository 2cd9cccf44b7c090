// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the memory that the parts of all objects on their way take together.
 *
 * <p>A put waits for its first part only while it holds none, and takes more only where there is
 * room: so one always goes on.
 */
public final class PartMemory {
  private final int most;
  private final Semaphore bytes;

  /** Room for this many bytes. */
  public PartMemory(int most) {
    this.most = most;
    this.bytes = new Semaphore(most, true);
  }

  /** A quarter of the heap. */
  public static PartMemory ofThisProcess() {
    return new PartMemory((int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 4));
  }

  /** Waits for room. */
  void take(int size) throws InterruptedIOException {
    try {
      bytes.acquire(bounded(size));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Takes room if there is some and nobody waits for it. */
  boolean takeMore(int size) throws InterruptedIOException {
    try {
      // With a time, even of none, it is fair to those who wait.
      return bytes.tryAcquire(bounded(size), 0, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  void giveBack(int size) {
    bytes.release(bounded(size));
  }

  private static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(cause);
    return interrupted;
  }

  /** A part of more than all the room takes all of it. */
  private int bounded(int size) {
    return Math.min(size, most);
  }
}
