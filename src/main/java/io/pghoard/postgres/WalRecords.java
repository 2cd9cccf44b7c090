// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the records of one WAL segment say of its place in a history of WAL.
 *
 * @param first where the first record that begins in the segment begins, or null: a record that
 *     began before fills the segment
 * @param previous where the record before {@code first} begins; null when there is no first, or
 *     when the segment ends in the middle of its header
 * @param overwritten where the record begins that {@code first} says is cut off for good: a server
 *     that crashed in the middle of a long record writes an XLOG_OVERWRITE_CONTRECORD in place of
 *     the rest; null in every other case
 * @param last where the last record that begins in the segment begins, whether it ends there or
 *     not; null when none does
 * @param lastCommit the time of the last commit or abort that is whole in the segment, by which
 *     PostgreSQL judges {@code recovery_target_time}; null when there is none
 */
public record WalRecords(
    @Nullable Lsn first,
    @Nullable Lsn previous,
    @Nullable Lsn overwritten,
    @Nullable Lsn last,
    @Nullable Instant lastCommit) {

  /**
   * The last record of the segment before, as this segment has it; or null when it does not say.
   */
  public @Nullable Lsn continues() {
    // The record after one that was cut off refers to the one before that. Source:
    // XLogDecodeNextRecord in xlogreader.c, where it meets XLP_FIRST_IS_OVERWRITE_CONTRECORD.
    return overwritten == null ? previous : overwritten;
  }
}
