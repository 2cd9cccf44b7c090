// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.WalSegmentName;
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
 * @param from the earliest moment that can be reached: the end of the backup
 * @param last the last segment that recovery can read, or null when even the first is missing
 * @param until when that was archived, or null
 * @param gap what ends recovery there, or null when that is the end of the stored WAL
 */
public record RecoveryWindow(
    BaseBackup backup,
    int timeline,
    boolean restorable,
    Instant from,
    @Nullable WalSegmentName last,
    @Nullable Instant until,
    @Nullable WalGap gap) {}
