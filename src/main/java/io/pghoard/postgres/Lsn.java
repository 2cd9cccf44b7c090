// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in the write-ahead log, written as PostgreSQL writes it: {@code 16/3002D50}. Unsigned.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/15/datatype-pg-lsn.html">pg_lsn type</a>.
 */
public record Lsn(long value) implements Comparable<Lsn> {
  private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

  public static Lsn parse(String text) {
    Matcher halves = TEXT.matcher(text);
    if (!halves.matches()) {
      throw new IllegalArgumentException("not an LSN (two hexadecimal numbers, X/X): " + text);
    }
    long high = Long.parseLong(halves.group(1), 16);
    long low = Long.parseLong(halves.group(2), 16);
    return new Lsn(high << 32 | low);
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    return "%X/%X".formatted(value >>> 32, value & 0xFFFF_FFFFL);
  }
}
