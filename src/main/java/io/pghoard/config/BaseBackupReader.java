// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads when base backups of a site are taken, how, and how many are kept. */
record BaseBackupReader(Section site) {
  private static final int MEBIBYTE = 1 << 20;
  private static final Range COUNT = new Range(1, 100_000);

  BaseBackupConfig read() {
    Duration interval = interval();
    Integer hour = whole("basebackup_hour", new Range(0, 23));
    Integer minute = whole("basebackup_minute", new Range(0, 59));
    checkTime(interval == null);
    Integer count =
        site.has("basebackup_count") ? whole("basebackup_count", COUNT) : Integer.valueOf(1);
    return new BaseBackupConfig(
        interval,
        hour,
        minute,
        count,
        countMin(count),
        whole("basebackup_age_days_max", new Range(1, 36_500)),
        site.whole("basebackup_chunk_size", 256L * MEBIBYTE, new Range(MEBIBYTE, 1L << 40)),
        site.whole("basebackup_chunks_in_progress", 5, new Range(1, 1000)),
        Duration.ofSeconds(
            site.whole("basebackup_wal_timeout_seconds", 3600L, new Range(1, 604_800))),
        !site.has("basebackup_count"));
  }

  private @Nullable Duration interval() {
    if (site.isNull("basebackup_interval_hours")) {
      return null;
    }
    Double hours = site.fraction("basebackup_interval_hours", new Range(0, 87_600));
    return Duration.ofMillis(Math.max(1, Math.round((hours == null ? 24 : hours) * 3_600_000)));
  }

  private void checkTime(boolean onlyOnRequest) {
    boolean hour = site.isSet("basebackup_hour");
    boolean minute = site.isSet("basebackup_minute");
    if (hour != minute) {
      site.wrong(
          hour ? "basebackup_hour" : "basebackup_minute",
          hour ? "basebackup_minute is missing" : "basebackup_hour is missing",
          "set both or none");
    }
    if (hour && minute && onlyOnRequest) {
      site.wrong(
          "basebackup_hour",
          "basebackup_interval_hours is null: base backups are taken on request only",
          "set basebackup_interval_hours, or leave basebackup_hour and basebackup_minute out");
    }
  }

  /** Two, as in pghoard 2.7, and no more than basebackup_count, whose default is one. */
  private int countMin(@Nullable Integer count) {
    int most = count == null ? 2 : Math.min(2, count);
    int countMin = site.whole("basebackup_count_min", most, COUNT);
    if (count != null && countMin > count) {
      site.wrong(
          "basebackup_count_min",
          countMin + " is more than basebackup_count, which is " + count,
          "set it to " + count + " or less, or basebackup_count to more");
    }
    return countMin;
  }

  private @Nullable Integer whole(String key, Range range) {
    Long whole = site.whole(key, range);
    return whole == null ? null : Math.toIntExact(whole);
  }
}
