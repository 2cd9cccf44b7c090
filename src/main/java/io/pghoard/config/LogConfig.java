// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import org.jspecify.annotations.Nullable;

/**
 * What is logged, how a line looks, and where it goes besides standard error.
 *
 * @param level of pghoard's own lines: ERROR, WARN, INFO, DEBUG or TRACE
 * @param syslog where syslog is, or null when nothing goes there
 */
public record LogConfig(String level, Format format, @Nullable SyslogConfig syslog) {
  /** Plain lines on standard error, as pghoard.json without any of the keys says. */
  public static final LogConfig DEFAULT = new LogConfig("INFO", Format.TEXT, null);

  /** How a line of the log looks. */
  public enum Format {
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /** The same settings with another level. */
  public LogConfig at(String other) {
    return new LogConfig(other, format, syslog);
  }
}
