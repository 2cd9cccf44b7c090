// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A major version of PostgreSQL, as the file PG_VERSION has it: 9.6, 15.
 *
 * @param number as {@code server_version_num} begins: 90600, 150000
 */
public record MajorVersion(int number) implements Comparable<MajorVersion> {
  private static final Pattern TEXT = Pattern.compile("(9)\\.([0-9])|([1-9][0-9])");

  // Source: XLOG_PAGE_MAGIC in xlog_internal.h of each release.
  private static final Map<Integer, Integer> MAGICS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(90300, 0xD075),
              Map.entry(90400, 0xD07E),
              Map.entry(90500, 0xD087),
              Map.entry(90600, 0xD093),
              Map.entry(100000, 0xD097),
              Map.entry(110000, 0xD098),
              Map.entry(120000, 0xD101),
              Map.entry(130000, 0xD106),
              Map.entry(140000, 0xD10D),
              Map.entry(150000, 0xD110),
              Map.entry(160000, 0xD113),
              Map.entry(170000, 0xD116),
              Map.entry(180000, 0xD118),
              Map.entry(190000, 0xD122)));

  public static MajorVersion parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "not a major version of PostgreSQL (such as 9.6 or 15): " + text);
    }
    return parts.group(1) == null
        ? new MajorVersion(Integer.parseInt(parts.group(3)) * 10000)
        : new MajorVersion(90000 + Integer.parseInt(parts.group(2)) * 100);
  }

  /** The version whose WAL pages carry this magic, or null when it is not known. */
  public static @Nullable MajorVersion ofWalMagic(int magic) {
    for (Map.Entry<Integer, Integer> known : MAGICS.entrySet()) {
      if (known.getValue() == magic) {
        return new MajorVersion(known.getKey());
      }
    }
    return null;
  }

  /** Whether pages with this magic were written by a version that is newer than this table. */
  public static boolean isNewWalMagic(int magic) {
    return MAGICS.values().stream().allMatch(known -> known < magic);
  }

  /** The magic of this version's WAL pages, or null for a version newer than this table. */
  public @Nullable Integer walMagic() {
    return MAGICS.get(number);
  }

  @Override
  public int compareTo(MajorVersion other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return number < 100000 ? "9." + number / 100 % 100 : String.valueOf(number / 10000);
  }
}
