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
  /** The first turn of an object after a moment. */
  Instant next(ObjectKey key, Instant after) {
    byte[] hash = CheckedContent.sha256().digest(key.text().getBytes(UTF_8));
    long length = interval.toMillis();
    long turn = Math.floorMod(ByteBuffer.wrap(hash).getLong(), length);
    long round = Math.floorDiv(after.toEpochMilli() - turn, length) + 1;
    return Instant.ofEpochMilli(round * length + turn);
  }

  /** Whether a new round began: each object has had its turn since the one before. */
  boolean isNewRound(Instant after, Instant until) {
    long length = interval.toMillis();
    return Math.floorDiv(until.toEpochMilli(), length)
        > Math.floorDiv(after.toEpochMilli(), length);
  }
}
