// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.WalSegmentName;
import io.pghoard.recovery.LastCommit;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.WalGap;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far recovery from one base backup can come.
 *
 * @param timeline on which it ends, unsigned
 * @param restorable whether all WAL is stored without which the backup cannot be restored at all,
 *     and nothing of it is marked as damaged
 * @param last the last segment that recovery can read, or null when even the first is missing
 * @param lastCommit the last transaction that recovery can replay
 * @param gap what ends recovery there, or null when that is the end of the stored WAL
 */
public record RecoveryWindow(
    BaseBackup backup,
    int timeline,
    boolean restorable,
    @Nullable WalSegmentName last,
    LastCommit lastCommit,
    @Nullable WalGap gap) {
  /** The earliest target time: the end of the backup. */
  public Instant from() {
    return backup.end();
  }

  /** The latest target time, or null when there is none to stop at. */
  public @Nullable Instant until() {
    Instant until = lastCommit.latestTarget(true);
    return until == null || until.isBefore(from()) ? null : until;
  }
}
