// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.time.Instant;

/**
 * A wish that retention spares the base backup that is restored, and the WAL after it.
 *
 * @param cancelOnSuccess whether the wish is taken back when the restore is done
 * @param required whether a restore without it is refused; otherwise it is noted
 */
public record Preservation(Instant until, boolean cancelOnSuccess, boolean required) {}
