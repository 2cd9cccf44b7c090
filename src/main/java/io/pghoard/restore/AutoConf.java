// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a postgresql.auto.conf says: {@code name = 'value'}, a line each, the last one counting. */
final class AutoConf {
  /** The defaults of those recovery settings for which the empty string is no value. */
  static final Map<String, String> DEFAULTS =
      Map.of("recovery_target_inclusive", "on", "recovery_target_action", "pause");

  private static final Pattern LINE =
      Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*=?\\s*'?(.*?)'?\\s*");

  private AutoConf() {}

  /** The settings in force, the value as written between its quotes. */
  static Map<String, String> read(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    text.lines()
        .forEach(
            line -> {
              Matcher setting = LINE.matcher(line);
              if (setting.matches()) {
                settings.put(setting.group(1).toLowerCase(Locale.ROOT), setting.group(2));
              }
            });
    return settings;
  }
}
