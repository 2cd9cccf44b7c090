// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of postgresql.conf, postgresql.auto.conf or a file that these include.
 *
 * <p>Source: PostgreSQL's {@code guc-file.l} and {@code DeescapeQuotedString}. No value spans
 * lines.
 *
 * @param text as it stands there, without its line feed; see {@link PostgresText}
 * @param name what it sets, in small letters, or {@code include} and its like; null: nothing
 * @param value without its quotes and escapes
 */
public record ConfigurationLine(String text, @Nullable String name, String value) {
  // A letter is also any byte that is not ASCII. Possessive: "port5432" is one name.
  private static final Pattern HEAD =
      Pattern.compile(
          "[ \\t\\r\\f]*+([A-Za-z_\\x80-\\xFF][A-Za-z0-9_\\x80-\\xFF]*+"
              + "(?:\\.[A-Za-z_\\x80-\\xFF][A-Za-z0-9_\\x80-\\xFF]*+)?+)"
              + "[ \\t\\r\\f]*+=?+[ \\t\\r\\f]*+");
  private static final Pattern PLAIN =
      Pattern.compile("[-+A-Za-z0-9_.\\x80-\\xFF][-+A-Za-z0-9_.:/\\x80-\\xFF]*+");

  public static ConfigurationLine parse(String text) {
    Matcher head = HEAD.matcher(text);
    if (head.lookingAt()) {
      String value = value(text, head.end());
      if (value != null) {
        return new ConfigurationLine(text, head.group(1).toLowerCase(Locale.ROOT), value);
      }
    }
    return new ConfigurationLine(text, null, "");
  }

  private static @Nullable String value(String text, int start) {
    if (start < text.length() && text.charAt(start) == '\'') {
      return quoted(text, start + 1);
    }
    Matcher plain = PLAIN.matcher(text).region(start, text.length());
    return plain.lookingAt() ? plain.group() : null;
  }

  /** The string that begins there, or null when no quote ends it. */
  private static @Nullable String quoted(String text, int start) {
    StringBuilder value = new StringBuilder();
    for (int at = start; at < text.length(); at++) {
      char one = text.charAt(at);
      boolean followed = at + 1 < text.length();
      if (one == '\'') {
        if (!followed || text.charAt(at + 1) != '\'') {
          return value.toString();
        }
        value.append(one);
        at++;
      } else if (one == '\\' && followed) {
        at = escape(text, at + 1, value);
      } else {
        value.append(one);
      }
    }
    return null;
  }

  /** Appends what is meant by the escape whose second char is there; returns its last char. */
  private static int escape(String text, int start, StringBuilder value) {
    char one = text.charAt(start);
    if (one < '0' || one > '7') {
      int known = "bfnrt".indexOf(one);
      value.append(known < 0 ? one : "\b\f\n\r\t".charAt(known));
      return start;
    }
    int code = 0;
    int at = start;
    while (at < text.length() && at < start + 3 && "01234567".indexOf(text.charAt(at)) >= 0) {
      code = code * 8 + text.charAt(at++) - '0';
    }
    value.append((char) (code & 0xFF));
    return at - 1;
  }

  /**
   * A line that sets this, as ALTER SYSTEM writes it.
   *
   * @param value as {@link PostgresText}
   * @throws IllegalArgumentException when it has a line break in it, or another control character:
   *     no value spans lines, and what follows would be a setting of its own
   */
  public static String of(String name, String value) {
    if (value.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
      throw new IllegalArgumentException("the value of " + name + " has a control character in it");
    }
    // A quote is doubled, and a backslash would start an escape.
    return name + " = '" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
