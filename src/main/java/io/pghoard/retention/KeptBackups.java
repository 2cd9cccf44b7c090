// SPDX-License-Identifier: Apache-2.0
package io.pghoard.retention;

import io.pghoard.config.BaseBackupConfig;
import io.pghoard.repository.BaseBackup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides which base backups go, the oldest first. Those that cannot be restored do not count, so
 * that a good one never goes because of them.
 */
final class KeptBackups {
  /** By how much clocks may differ before a base backup seems to come from the future. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

  private final Deque<BaseBackup> kept;
  private final Map<BaseBackup, String> gone = new LinkedHashMap<>();
  private final Set<BaseBackup> good;
  private @Nullable String note;

  /**
   * @param backups the oldest first
   * @param good those of them that can be restored
   */
  KeptBackups(List<BaseBackup> backups, Set<BaseBackup> good) {
    this.kept = new ArrayDeque<>(backups);
    this.good = good;
  }

  /** Those that stay, the oldest first. */
  List<BaseBackup> kept() {
    return List.copyOf(kept);
  }

  /** Those that go, the oldest first, and why. */
  Map<BaseBackup, String> gone() {
    return gone;
  }

  @Nullable String note() {
    return note;
  }

  /** Stops at the first one that is preserved: it keeps those after it too, as it ever did. */
  void expire(BaseBackupConfig config, Instant now, Predicate<BaseBackup> preserved) {
    for (BaseBackup oldest = kept.peek(); oldest != null; oldest = kept.peek()) {
      String reason = reason(oldest, config, now);
      if (reason == null) {
        return;
      }
      if (preserved.test(oldest)) {
        note =
            "base backup %s and those after it are kept because it is preserved; otherwise it would be deleted: %s"
                .formatted(oldest.name(), reason);
        return;
      }
      gone.put(oldest, reason);
      kept.remove();
    }
  }

  private @Nullable String reason(BaseBackup oldest, BaseBackupConfig config, Instant now) {
    long others =
        kept.stream().filter(good::contains).filter(backup -> !backup.equals(oldest)).count();
    if (others == 0) {
      return null;
    }
    Integer count = config.count();
    if (count != null && others >= count) {
      return good.contains(oldest)
          ? "%d newer kept (basebackup_count = %d)".formatted(others, count)
          : "it cannot be restored; restorable newer ones: %d".formatted(others);
    }
    return others >= config.countMin() ? reasonOfAge(oldest, config, now) : null;
  }

  private @Nullable String reasonOfAge(BaseBackup oldest, BaseBackupConfig config, Instant now) {
    Integer days = config.ageDaysMax();
    if (days == null) {
      return null;
    }
    if (kept.getLast().startTime().isAfter(now.plus(CLOCK_TOLERANCE))) {
      note =
          "no base backup is deleted for its age: the newest one was started in the future, at %s; the clock of this host or of the database host is wrong"
              .formatted(kept.getLast().startTime());
      return null;
    }
    // It was the newest until the next one was due, and is as old as the time since then.
    Duration interval = config.interval() == null ? Duration.ZERO : config.interval();
    Duration age = Duration.between(oldest.startTime().plus(interval), now);
    if (age.compareTo(Duration.ofDays(days)) <= 0) {
      return null;
    }
    return "it is older than %d days (basebackup_age_days_max); %d newer kept"
        .formatted(days, kept.size() - 1);
  }
}
