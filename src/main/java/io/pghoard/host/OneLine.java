// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

/** Text that stays on its line, whatever a file or a request was called. */
final class OneLine {
  private OneLine() {}

  /** The text with its control characters written out: a line feed as {@code \n}. */
  static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isControl(text.charAt(i))) {
        return written(text);
      }
    }
    return text;
  }

  /** Beside the control characters the two of Unicode that some viewers break lines at. */
  private static boolean isControl(char c) {
    return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
  }

  private static String written(String text) {
    StringBuilder line = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (isControl(c)) {
            line.append("\\u%04x".formatted((int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    return line.toString();
  }
}
