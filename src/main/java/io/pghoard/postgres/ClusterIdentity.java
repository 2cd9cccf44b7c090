// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import org.jspecify.annotations.Nullable;

/**
 * By what a cluster's WAL is told from that of every other one.
 *
 * @param segmentSize null when it is not known
 */
public record ClusterIdentity(
    SystemIdentifier systemIdentifier, @Nullable WalSegmentSize segmentSize) {}
