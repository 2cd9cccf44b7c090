// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@code log_level}: one of ours, or one of Python's. */
record LogLevel(Section top) {
  private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");

  private static final Map<String, String> PYTHON =
      Map.of("CRITICAL", "ERROR", "FATAL", "ERROR", "WARNING", "WARN", "NOTSET", "TRACE");

  String read() {
    String level = top.text("log_level", "INFO").toUpperCase(Locale.ROOT);
    String ours = PYTHON.getOrDefault(level, level);
    return LEVELS.contains(ours) ? ours : top.choice("log_level", "INFO", LEVELS);
  }
}
