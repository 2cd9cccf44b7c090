// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalSegmentName;
import org.jspecify.annotations.Nullable;

/**
 * The WAL segments that recovery reads one after the other on its way to the end of a timeline.
 *
 * @param first with which it starts, stored or not
 * @param last up to which all are stored, or null when the first one is missing
 * @param gap what stops recovery there, or null when there is nothing later
 */
public record WalChain(WalSegmentName first, @Nullable WalSegmentName last, @Nullable WalGap gap) {
  /**
   * Where a timeline was left for the next one, as a timeline history file tells.
   *
   * @param timeline the one that was left, unsigned
   * @param switchPoint the first byte that belongs to the next one
   */
  public record Switch(int timeline, Lsn switchPoint) {}
}
