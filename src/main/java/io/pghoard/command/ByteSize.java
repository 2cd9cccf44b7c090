// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.util.Locale;

/** Numbers of bytes for people. */
final class ByteSize {
  private static final String UNITS = "KMGTPE";

  private ByteSize() {}

  /** Such as {@code 1.4 GiB}. */
  static String text(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double size = bytes;
    int unit = -1;
    while (size >= 1024) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %ciB", size, UNITS.charAt(unit));
  }
}
