// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.postgres.Lsn;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether received WAL still arrives at one site: it does not while the server goes on and the
 * newest file does not change. A server that writes nothing is waited for as long as it likes.
 */
final class ReceivedProgress {
  private final LongSupplier nanos;
  private final Duration patience;
  private @Nullable String newest;
  private @Nullable Lsn flushed;
  private @Nullable Long aheadSince;
  private @Nullable Long told;

  /**
   * Has seen nothing yet.
   *
   * @param nanos a clock that only goes forward, of this machine
   * @param patience with a server that has gone on
   */
  ReceivedProgress(LongSupplier nanos, Duration patience) {
    this.nanos = nanos;
    this.patience = patience;
  }

  /**
   * Looks again.
   *
   * @param file the newest file that was received and when it was last written, in any words
   * @param now up to where the server has written WAL, asked after the file was looked at
   * @return for how long nothing has arrived, or null while that is not for too long
   */
  @Nullable Duration still(String file, Lsn now) {
    Lsn before = flushed;
    if (before == null || !file.equals(newest) || now.compareTo(before) < 0) {
      newest = file;
      flushed = now;
      aheadSince = null;
      told = null;
      return null;
    }
    if (now.equals(before)) {
      return null;
    }
    Long since = aheadSince;
    if (since == null) {
      aheadSince = nanos.getAsLong();
      return null;
    }
    Duration ahead = Duration.ofNanos(nanos.getAsLong() - since);
    return ahead.compareTo(patience) < 0 ? null : ahead;
  }

  /** Whether pg_receivewal is to be started anew: not more often than its patience lasts. */
  boolean isToBeEnded() {
    long now = nanos.getAsLong();
    Long last = told;
    if (last != null && now - last < patience.toNanos()) {
      return false;
    }
    told = now;
    return true;
  }

  /** Where the server was when something last arrived. */
  @Nullable Lsn flushed() {
    return flushed;
  }
}
