// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/**
 * The name of a file for the key of an object: what is no letter, digit, dot, dash, underscore or
 * slash is written as a percent sign and its code, so that no program between reads a meaning into
 * it. The keys that pghoard makes stay as they are.
 */
final class FileName {
  private FileName() {}

  static String of(String key) {
    StringBuilder name = new StringBuilder();
    for (byte code : key.getBytes(US_ASCII)) {
      if (isPlain(code)) {
        name.append((char) code);
      } else {
        name.append("%%%02X".formatted(code));
      }
    }
    return name.toString();
  }

  /** The key that has this name, or null when none has. */
  static @Nullable String text(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '%' && i + 2 < name.length() && isHexadecimal(name, i + 1)) {
        text.append((char) Integer.parseInt(name.substring(i + 1, i + 3), 16));
        i += 2;
      } else if (isPlain(c)) {
        text.append(c);
      } else {
        return null;
      }
    }
    return of(text.toString()).equals(name) ? text.toString() : null;
  }

  private static boolean isHexadecimal(String name, int at) {
    return name.substring(at, at + 2).matches("[0-9A-F]{2}");
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "._-/".indexOf(c) >= 0;
  }
}
