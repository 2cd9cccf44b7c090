// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a value stands in a JSON file: its path (RFC 9535), its line and its column from 1. */
record Place(String path, int line, int column) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  static String member(String path, String key) {
    return PLAIN.matcher(key).matches() ? path + "." + key : path + "['" + escaped(key) + "']";
  }

  static String element(String path, int index) {
    return path + "[" + index + "]";
  }

  private static String escaped(String key) {
    String quoted = key.replace("\\", "\\\\").replace("'", "\\'");
    return CONTROL
        .matcher(quoted)
        .replaceAll(c -> Matcher.quoteReplacement("\\u%04x".formatted((int) c.group().charAt(0))));
  }
}
