// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.ObjectKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/**
 * When which object is read: once in each interval, at a moment that its key alone decides. So the
 * reading is spread evenly, large objects among small ones, and one moment is all that a restart
 * has to know.
 *
 * @param interval at least a millisecond
 */
record ScrubTurns(Duration interval) {
  /** Whether it was an object's turn after the one moment, and not after the other. */
  boolean isBetween(ObjectKey key, Instant after, Instant until) {
    byte[] hash = CheckedContent.sha256().digest(key.text().getBytes(UTF_8));
    long turn = Math.floorMod(ByteBuffer.wrap(hash).getLong(), interval.toMillis());
    return round(until, turn) > round(after, turn);
  }

  /** Whether a new round began: each object has had its turn since the one before. */
  boolean isNewRound(Instant after, Instant until) {
    return round(until, 0) > round(after, 0);
  }

  private long round(Instant moment, long turn) {
    return Math.floorDiv(moment.toEpochMilli() - turn, interval.toMillis());
  }
}
