// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Points in time as the Python pghoard writes them: {@code datetime.isoformat()} in most places,
 * {@code str(datetime)}, with a blank instead of the T, in some.
 */
public final class PythonTime {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd");
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

  private PythonTime() {}

  /** In UTC, as {@code 2026-11-22T09:55:04.243646+00:00}. */
  public static String iso(Instant time) {
    return format(time, "T");
  }

  /** In UTC, as {@code 2026-11-22 09:55:04.243646+00:00}. */
  public static String str(Instant time) {
    return format(time, " ");
  }

  /**
   * Reads either form; without an offset the time is in UTC.
   *
   * @throws DateTimeException when it is no point in time
   */
  public static Instant parse(String text) {
    String iso = text.strip().replace(' ', 'T');
    return iso.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
        ? OffsetDateTime.parse(iso).toInstant()
        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
  }

  /** Python leaves out a fraction of zero, and otherwise writes six digits. */
  private static String format(Instant time, String separator) {
    OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
    DateTimeFormatter clock = utc.getNano() / 1000 == 0 ? SECONDS : MICROS;
    return DATE.format(utc) + separator + clock.format(utc) + "+00:00";
  }
}
