// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.WalGap;
import org.jspecify.annotations.Nullable;

/**
 * How far recovery comes from a base backup on the way to the end of a timeline.
 *
 * @param first the segment with which it starts, stored or not
 * @param last up to which it reads all, or null when the first one is missing
 * @param gap what stops it there, or null when nothing later is stored
 * @param astray a segment of an earlier timeline that the server would read there, past the point
 *     where that timeline was left, as the one of the later timeline is not stored yet; or null
 */
public record WalReach(
    WalSegmentName first,
    @Nullable WalSegmentName last,
    @Nullable WalGap gap,
    @Nullable WalSegmentName astray) {
  /** Whether recovery reads all segments up to this one. */
  public boolean covers(WalSegmentName end, WalSegmentSize size) {
    return last != null && last.number(size) >= end.number(size);
  }
}
