// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.recovery.LastCommit;
import io.pghoard.recovery.WalReach;
import io.pghoard.repository.BaseBackup;
import java.io.IOException;
import java.util.List;

/**
 * From which base backup and on which way recovery reaches its target, as the stored WAL allows.
 *
 * @param size of the WAL segments
 * @param recovery as it was asked for, with the timeline that was meant
 * @param notes what the operator should know of it
 * @param lastCommit the last one that recovery can replay, for who asks: the WAL is read for it
 */
record RecoveryPlan(
    BaseBackup backup,
    TimelineHistory way,
    WalReach reach,
    WalSegmentSize size,
    RecoveryOptions recovery,
    List<String> notes,
    Commit lastCommit) {
  RecoveryPlan {
    notes = List.copyOf(notes);
  }

  /** Looks up a commit. */
  interface Commit {
    LastCommit find() throws IOException;
  }
}
