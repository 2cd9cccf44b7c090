// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

/** The number that {@code initdb} gives a database cluster; unsigned, written in decimal. */
public record SystemIdentifier(long value) {
  public static SystemIdentifier parse(String text) {
    try {
      return new SystemIdentifier(Long.parseUnsignedLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a system identifier (a decimal number): " + text, e);
    }
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(value);
  }
}
