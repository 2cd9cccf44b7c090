// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that nobody sets: for how long something lasts, never for when it was. It begins at 1970,
 * so that its instants are not taken for the time of day.
 */
public final class SteadyClock extends Clock {
  private final LongSupplier nanos;
  private final long start;

  /** The clock of this machine that only goes forward. */
  public SteadyClock() {
    this(System::nanoTime);
  }

  /**
   * A clock that goes like another one.
   *
   * @param nanos of a clock that only goes forward
   */
  public SteadyClock(LongSupplier nanos) {
    this.nanos = nanos;
    this.start = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(nanos.getAsLong() - start);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
