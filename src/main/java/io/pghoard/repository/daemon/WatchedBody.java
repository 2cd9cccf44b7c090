// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer that fails when nothing arrives for a while: Java's HTTP client waits for
 * ever.
 */
final class WatchedBody extends FilterInputStream {
  private static final Set<WatchedBody> OPEN = ConcurrentHashMap.newKeySet();
  private static final long LOOK_MILLIS = 250;

  static {
    var unused =
        Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread thread = new Thread(task, "daemon-bodies");
                  thread.setDaemon(true);
                  return thread;
                })
            .scheduleWithFixedDelay(
                () -> OPEN.forEach(WatchedBody::look),
                LOOK_MILLIS,
                LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  private final Duration quiet;
  private volatile long waitingSince;
  private volatile boolean waiting;
  private volatile boolean givenUp;

  /**
   * Watches a body until it is closed.
   *
   * @param quiet how long nothing may arrive
   */
  WatchedBody(InputStream body, Duration quiet) {
    super(body);
    this.quiet = quiet;
    OPEN.add(this);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    waitingSince = System.nanoTime();
    waiting = true;
    try {
      int read = in.read(bytes, offset, length);
      if (givenUp) {
        throw new IOException("nothing arrived for %d s".formatted(quiet.toSeconds()));
      }
      return read;
    } catch (IOException e) {
      throw givenUp
          ? new IOException("nothing arrived for %d s".formatted(quiet.toSeconds()), e)
          : e;
    } finally {
      waiting = false;
    }
  }

  private void look() {
    if (waiting && System.nanoTime() - waitingSince > quiet.toNanos()) {
      givenUp = true;
      try {
        // The reader is woken by it.
        in.close();
      } catch (IOException e) {
        // It is of no use any more.
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    OPEN.remove(this);
    super.close();
  }
}
