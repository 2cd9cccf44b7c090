// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.postgres.ConnectionInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a site's WAL comes into the archive.
 *
 * @param receiveProgram the path of pg_receivewal, or null: searched
 * @param slots the replication slots of those nodes that have one
 * @param synchronous whether received WAL is written to disk, and reported, at once
 * @param diskCheckInterval how often the free space for received WAL is looked at
 * @param minFreeBytes with less free space nothing is received, or null: no limit
 * @param resumeMultiplier by how much more than minFreeBytes must be free to go on
 */
public record WalConfig(
    BackupMode mode,
    @Nullable Path receiveProgram,
    Map<ConnectionInfo, String> slots,
    boolean synchronous,
    Duration diskCheckInterval,
    @Nullable Long minFreeBytes,
    double resumeMultiplier) {
  /** WAL that PostgreSQL's archive_command hands over. */
  public static WalConfig archived() {
    return new WalConfig(
        BackupMode.ARCHIVE_COMMAND, null, Map.of(), false, Duration.ofSeconds(10), null, 1.5);
  }

  /** Whether pg_basebackup fetches it, with each base backup its own. */
  public boolean fetched() {
    return mode == BackupMode.STANDALONE_HOT_BACKUP;
  }

  /** Whether pg_receivewal streams it. */
  public boolean received() {
    return mode == BackupMode.PG_RECEIVEXLOG;
  }
}
