// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.recovery.WalReach;
import io.pghoard.repository.BaseBackup;
import java.util.List;

/**
 * From which base backup and on which way recovery reaches its target, as the stored WAL allows.
 *
 * @param recovery as it was asked for, with the timeline that was meant
 * @param notes what the operator should know of it
 */
record RecoveryPlan(
    BaseBackup backup,
    TimelineHistory way,
    WalReach reach,
    RecoveryOptions recovery,
    List<String> notes) {
  RecoveryPlan {
    notes = List.copyOf(notes);
  }
}
