// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the base backups of a site stand.
 *
 * @param running the one that is being taken, or null
 * @param last the last one that ended since the service was started, or null
 * @param failures how many have failed since the last success
 */
public record BaseBackupStatus(@Nullable Running running, @Nullable Ended last, int failures) {
  static final BaseBackupStatus NONE = new BaseBackupStatus(null, null, 0);

  /** What a base backup is about. */
  public enum Phase {
    WAITING_FOR_CHECKPOINT,
    COPYING,
    WAITING_FOR_WAL,
    FINISHING
  }

  /**
   * A base backup that is being taken.
   *
   * @param doneBytes plain bytes that have arrived
   * @param totalBytes plain bytes in all as the server estimates them, 0 while unknown
   */
  public record Running(
      String name,
      String reason,
      Instant startTime,
      Phase phase,
      long doneBytes,
      long totalBytes) {}

  /**
   * A base backup that has ended.
   *
   * @param failure why it failed, or null when it exists
   */
  public record Ended(String name, Instant startTime, Instant endTime, @Nullable String failure) {}
}
