// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test sets, forward and back: it says what the only element of the array is. */
final class SettableClock extends Clock {
  private final Instant[] time;

  SettableClock(Instant[] time) {
    this.time = time;
  }

  @Override
  public Instant instant() {
    return time[0];
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
