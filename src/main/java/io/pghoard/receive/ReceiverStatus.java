// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the receiving of a site's WAL stands.
 *
 * @param running whether pg_receivewal runs
 * @param node where it streams from, or did last; without a password; null before the first time
 * @param latestActivity when it last said anything, or null
 * @param trouble why it does not run, or null
 * @param since when the trouble began, or null
 */
public record ReceiverStatus(
    boolean running,
    @Nullable String node,
    @Nullable Instant latestActivity,
    @Nullable String trouble,
    @Nullable Instant since) {}
