// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.NearestKey;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A time zone by its full name in the IANA database, as PostgreSQL has it: {@code Europe/Berlin}.
 *
 * <p>Abbreviations are none: CST is a zone of America, of China and of Cuba. Nor are the zones
 * Etc/GMT+1 and its like, which lie west of Greenwich although an offset of +1 lies east.
 */
record NamedTimeZone(ZoneId zone) {
  private static final Pattern FULL_NAME = Pattern.compile("(?!SystemV/|Etc/GMT[-+0-9]).+/.+");
  private static final Set<String> NAMES =
      ZoneId.getAvailableZoneIds().stream()
          .filter(name -> FULL_NAME.matcher(name).matches())
          .collect(Collectors.toCollection(TreeSet::new));
  private static final DateTimeFormatter WRITTEN =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .appendOffset("+HH:MM", "+00:00")
          .toFormatter(Locale.ROOT);

  /**
   * Finds a zone.
   *
   * @throws IllegalArgumentException with names that may be meant
   */
  static NamedTimeZone of(String name) {
    if (NAMES.contains(name)) {
      return new NamedTimeZone(ZoneId.of(name));
    }
    List<String> near = near(name);
    throw new IllegalArgumentException(
        near.isEmpty()
            ? "names the time zone \"%s\", and abbreviations of zones can mean several"
                .formatted(name)
            : "names the time zone \"%s\", which is not known; perhaps %s"
                .formatted(name, String.join(" or ", near)));
  }

  private static List<String> near(String name) {
    String city = city(name);
    List<String> ofCity = NAMES.stream().filter(each -> city(each).equals(city)).toList();
    if (!ofCity.isEmpty() || !name.contains("/")) {
      return ofCity;
    }
    return List.of(NearestKey.of(name, NAMES));
  }

  private static String city(String name) {
    return name.substring(name.lastIndexOf('/') + 1).replace(' ', '_').toLowerCase(Locale.ROOT);
  }

  /**
   * The offset from UTC at a time that its clocks show.
   *
   * @throws IllegalArgumentException when they show it twice, or not at all, with what to write
   */
  ZoneOffset offset(LocalDateTime local) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (offsets.size() == 1) {
      return offsets.get(0);
    }
    ZoneOffsetTransition change = zone.getRules().getTransition(local);
    if (offsets.isEmpty()) {
      throw new IllegalArgumentException(
          "does not exist there: the clocks were set forward from \"%s\" to \"%s\", which is the same moment; write a time before it or from it on"
              .formatted(
                  text(change.getDateTimeBefore(), change.getOffsetBefore()),
                  text(change.getDateTimeAfter(), change.getOffsetAfter())));
    }
    throw new IllegalArgumentException(
        "is ambiguous: the clocks were set back, and showed it twice; write \"%s\" for the first time, or \"%s\" for the second, %d minutes later"
            .formatted(
                text(local, change.getOffsetBefore()),
                text(local, change.getOffsetAfter()),
                -change.getDuration().toMinutes()));
  }

  private static String text(LocalDateTime local, ZoneOffset offset) {
    return WRITTEN.format(local.atOffset(offset));
  }
}
