// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When base backups of a site are taken, how, and how many are kept.
 *
 * @param interval between the starts of two base backups, or null: only on request
 * @param hour of the day in UTC at which the interval's grid starts, or null
 * @param minute of the hour at which the interval's grid starts, or null; set if and only if hour
 *     is
 * @param count how many base backups are kept, or null for all
 * @param countMin how many are kept however old they are
 * @param ageDaysMax base backups older than this go, down to countMin; null: none goes by age
 * @param chunkSize plain bytes of a chunk, at which it is closed after the file that reaches it
 * @param chunksInProgress how many chunks of a base backup lie in the spool at most
 * @param walTimeout how long a base backup waits for its WAL to arrive in the repository
 * @param countIsDefault whether pghoard.json does not say how many are kept
 */
public record BaseBackupConfig(
    @Nullable Duration interval,
    @Nullable Integer hour,
    @Nullable Integer minute,
    @Nullable Integer count,
    int countMin,
    @Nullable Integer ageDaysMax,
    long chunkSize,
    int chunksInProgress,
    Duration walTimeout,
    boolean countIsDefault) {
  /** The same with the number of kept base backups that pghoard.json says. */
  public BaseBackupConfig(
      @Nullable Duration interval,
      @Nullable Integer hour,
      @Nullable Integer minute,
      @Nullable Integer count,
      int countMin,
      @Nullable Integer ageDaysMax,
      long chunkSize,
      int chunksInProgress,
      Duration walTimeout) {
    this(
        interval,
        hour,
        minute,
        count,
        countMin,
        ageDaysMax,
        chunkSize,
        chunksInProgress,
        walTimeout,
        false);
  }

  /** The same, by which none is deleted because there are so many. */
  public BaseBackupConfig keepingAll() {
    return new BaseBackupConfig(
        interval,
        hour,
        minute,
        null,
        countMin,
        ageDaysMax,
        chunkSize,
        chunksInProgress,
        walTimeout,
        countIsDefault);
  }
}
