// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.logging.log4j.core.LogEvent;

/** How what happened is written down. */
interface LineFormat {
  /** The text, without a line feed at its end. */
  String of(LogEvent event);

  /** A logger's name without its package. */
  static String shortName(String logger) {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }

  static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }
}
