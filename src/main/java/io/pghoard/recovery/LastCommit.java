// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When the last transaction ended of which the stored WAL tells on a way.
 *
 * @param time null when none ended there, or nothing is stored
 * @param exact whether the WAL itself says so; otherwise that was at the latest at this time, when
 *     the store got the WAL
 */
public record LastCommit(@Nullable Instant time, boolean exact) {
  /**
   * The latest target time at which recovery stops, or null: the server stops before the first
   * transaction that ended later than the target ({@code recoveryStopsBefore} in PostgreSQL's
   * {@code xlogrecovery.c}), and ends with an error where there is none.
   *
   * @param inclusive whether a transaction that ended at the target itself is replayed
   */
  public @Nullable Instant latestTarget(boolean inclusive) {
    return time == null || !exact || !inclusive ? time : time.minus(1, ChronoUnit.MICROS);
  }
}
