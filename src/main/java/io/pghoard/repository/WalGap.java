// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalSegmentName;

/**
 * WAL segments that are missing although later ones are stored: recovery cannot pass.
 *
 * @param firstMissing the first of them
 * @param nextPresent the first one after them that is stored
 */
public record WalGap(WalSegmentName firstMissing, WalSegmentName nextPresent) {
  @Override
  public String toString() {
    return "the first missing segment is %s, the next one that is stored is %s"
        .formatted(firstMissing, nextPresent);
  }
}
