// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalSegmentName;

/**
 * A place in the stored WAL that recovery cannot pass, although later segments are stored.
 *
 * @param firstMissing the first segment that recovery does not get
 * @param nextPresent the first one from there on that is stored and good; after a break in the
 *     history the same as the first
 */
public record WalGap(WalSegmentName firstMissing, WalSegmentName nextPresent, Kind kind) {
  /** Why recovery cannot pass. */
  public enum Kind {
    /** The segment is not stored. */
    MISSING,
    /** It is stored, but marked as damaged. */
    DAMAGED,
    /** It is stored, but does not continue the segment before it. */
    HISTORY_BREAK
  }

  public WalGap(WalSegmentName firstMissing, WalSegmentName nextPresent) {
    this(firstMissing, nextPresent, Kind.MISSING);
  }

  public boolean damaged() {
    return kind == Kind.DAMAGED;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case MISSING ->
          "the first missing segment is %s, the next one that is stored is %s"
              .formatted(firstMissing, nextPresent);
      case DAMAGED ->
          "the segment %s is damaged, the next one that is good is %s"
              .formatted(firstMissing, nextPresent);
      case HISTORY_BREAK ->
          "the segment %s does not continue the one before it, because the server was set back to an earlier state in between"
              .formatted(firstMissing);
    };
  }
}
