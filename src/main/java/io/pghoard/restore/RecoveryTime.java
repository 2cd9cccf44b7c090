// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text forms of a recovery target's time: ISO 8601's and PostgreSQL's, with an offset from UTC
 * or the name of a time zone.
 *
 * <p>A time without an offset is refused: the server would read it in its own time zone, the
 * operator wrote it in another, and the restore would end an hour off without a word. So is a time
 * that the clocks of a named zone show twice, or never.
 */
final class RecoveryTime {
  private static final Pattern TEXT =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})[ T](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?) ?(.*)");
  private static final Pattern OFFSET = Pattern.compile("([+-])(\\d{2})(?::?(\\d{2}))?");

  private static final DateTimeFormatter FOR_POSTGRESQL =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .appendLiteral("+00")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private RecoveryTime() {}

  /**
   * Reads a time.
   *
   * @param what the time is of, for the message that refuses it
   * @throws IllegalArgumentException when it is no time, or could mean several moments, or none
   */
  static Instant parse(String what, String text) {
    Matcher parts = TEXT.matcher(text.strip());
    if (!parts.matches()) {
      throw refused(what, text, "is not a date and a time");
    }
    String zone = parts.group(3);
    if (zone.isEmpty()) {
      throw refused(
          what, text, "has neither an offset from UTC nor a time zone, so it is ambiguous");
    }
    try {
      LocalDateTime local = LocalDateTime.parse(parts.group(1) + "T" + parts.group(2));
      return local.toInstant(offset(zone, local));
    } catch (DateTimeException e) {
      throw refused(what, text, "is not a date and a time that exists (" + e.getMessage() + ")");
    } catch (IllegalArgumentException e) {
      throw refused(what, text, String.valueOf(e.getMessage()));
    }
  }

  private static ZoneOffset offset(String zone, LocalDateTime local) {
    if (zone.equals("Z") || zone.equals("UTC") || zone.equals("GMT")) {
      return ZoneOffset.UTC;
    }
    Matcher offset = OFFSET.matcher(zone);
    if (!offset.matches()) {
      return NamedTimeZone.of(zone).offset(local);
    }
    String minutes = offset.group(3) == null ? "00" : offset.group(3);
    return ZoneOffset.of(offset.group(1) + offset.group(2) + ":" + minutes);
  }

  private static IllegalArgumentException refused(String what, String text, String why) {
    return new IllegalArgumentException(
        "the "
            + what
            + " \""
            + text
            + "\" "
            + why
            + ". A time is written with its offset from UTC or its time zone, for instance"
            + " \"2026-01-31 17:30:00+00:00\" or \"2026-01-31 17:30 Europe/Berlin\"");
  }

  /** Writes a time as PostgreSQL's settings take it, in UTC: {@code 2026-01-31 17:30:00.25+00}. */
  static String format(Instant time) {
    return FOR_POSTGRESQL.format(time.truncatedTo(ChronoUnit.MICROS));
  }
}
