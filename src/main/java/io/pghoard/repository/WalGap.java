// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalSegmentName;

/**
 * WAL segments that are missing although later ones are stored: recovery cannot pass.
 *
 * @param firstMissing the first of them
 * @param nextPresent the first one after them that is stored
 * @param damaged whether the first one is stored, but marked as damaged
 */
public record WalGap(WalSegmentName firstMissing, WalSegmentName nextPresent, boolean damaged) {
  public WalGap(WalSegmentName firstMissing, WalSegmentName nextPresent) {
    this(firstMissing, nextPresent, false);
  }

  @Override
  public String toString() {
    return damaged
        ? "the segment %s is damaged, the next one that is good is %s"
            .formatted(firstMissing, nextPresent)
        : "the first missing segment is %s, the next one that is stored is %s"
            .formatted(firstMissing, nextPresent);
  }
}
