// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.BaseBackupConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * The points in time at which base backups are due, when an hour of the day is configured: that
 * hour in UTC, every so many days; or, when the interval is shorter than a day, every interval
 * after it until the next day's.
 */
record BackupGrid(LocalTime anchor, Duration interval) {
  static Optional<BackupGrid> of(BaseBackupConfig config) {
    Duration interval = config.interval();
    Integer hour = config.hour();
    Integer minute = config.minute();
    return interval == null || hour == null || minute == null
        ? Optional.empty()
        : Optional.of(new BackupGrid(LocalTime.of(hour, minute), interval));
  }

  /** The last point of the grid that is not after {@code time}. */
  Instant slot(Instant time) {
    ZonedDateTime now = time.atZone(ZoneOffset.UTC);
    ZonedDateTime day = now.with(anchor);
    day = day.isAfter(now) ? day.minusDays(1) : day;
    long days = interval.toDays();
    if (days >= 1) {
      return day.minusDays(day.toLocalDate().toEpochDay() % days).toInstant();
    }
    Instant slot = day.toInstant();
    while (!slot.plus(interval).isAfter(time)) {
      slot = slot.plus(interval);
    }
    return slot;
  }
}
