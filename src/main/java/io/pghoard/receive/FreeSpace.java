// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.Volume;
import io.pghoard.config.WalConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether there is room for received WAL: less than so much stops, clearly more goes on. */
final class FreeSpace {
  private final Clock clock;
  private Instant next = Instant.MIN;
  private @Nullable String shortage;

  FreeSpace(Clock clock) {
    this.clock = clock;
  }

  /** What is missing, or null when there is room; looks no more often than configured. */
  @Nullable String shortage(WalConfig config, Path directory) throws IOException {
    Long least = config.minFreeBytes();
    if (least == null) {
      return null;
    }
    Instant now = clock.instant();
    if (now.isBefore(next)) {
      return shortage;
    }
    next = now.plus(config.diskCheckInterval());
    long free = Volume.usableBytes(directory);
    long wanted = shortage == null ? least : (long) (least * config.resumeMultiplier());
    shortage =
        free >= wanted
            ? null
            : "the disk of %s is nearly full: %d bytes are free, and receiving resumes at %d (min_disk_free_bytes, resume_multiplier); free some space, or find out why archiving is slow"
                .formatted(directory, free, (long) (least * config.resumeMultiplier()));
    return shortage;
  }
}
