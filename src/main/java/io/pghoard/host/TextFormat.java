// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import org.apache.logging.log4j.core.LogEvent;

/**
 * A line for people. A stack trace follows on lines that begin with a space, as no line of another
 * event does.
 *
 * @param withTime whether the line begins with its time; a journal adds its own
 */
record TextFormat(boolean withTime) implements LineFormat {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());

  @Override
  public String of(LogEvent event) {
    StringBuilder line = new StringBuilder(160);
    if (withTime) {
      TIME.formatTo(Instant.ofEpochMilli(event.getInstant().getEpochMillisecond()), line);
      line.append(' ');
    }
    String level = event.getLevel().name();
    line.append(level).append(level.length() < 5 ? "  " : " ");
    line.append(LineFormat.shortName(event.getLoggerName())).append(" - ");
    line.append(OneLine.of(event.getMessage().getFormattedMessage()));
    Throwable thrown = event.getThrown();
    if (thrown != null) {
      line.append('\n').append(indented(LineFormat.stackTrace(thrown)));
    }
    return line.toString();
  }

  private static String indented(String trace) {
    return trace
        .lines()
        .map(each -> "    " + OneLine.of(each.stripLeading()))
        .collect(Collectors.joining("\n"));
  }
}
