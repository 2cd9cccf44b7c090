// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;

/**
 * A message as syslog wants it.
 *
 * <pre>
 * local socket, as the C library's syslog(3) writes it:
 *   &lt;150&gt;Nov 25 14:30:00 pghoard[4711]: INFO  Service - ...
 * port, RFC 5424:
 *   &lt;150&gt;1 2026-11-25T14:30:00.123Z db1 pghoard 4711 - - INFO  Service - ...
 * </pre>
 *
 * <p>The number is eight times the facility plus the severity.
 *
 * @param local whether it goes to the socket of this machine
 */
record SyslogMessage(LineFormat format, int facility, boolean local) {
  /** What rsyslog takes by default. */
  private static final int LONGEST = 8096;

  private static final String TAG = "pghoard";
  private static final long PROCESS = ProcessHandle.current().pid();
  private static final DateTimeFormatter LOCAL_TIME =
      DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  byte[] of(LogEvent event) {
    Instant time = Instant.ofEpochMilli(event.getInstant().getEpochMillisecond());
    int priority = 8 * facility + severity(event.getLevel());
    String head =
        local
            ? "<%d>%s %s[%d]: ".formatted(priority, LOCAL_TIME.format(time), TAG, PROCESS)
            : "<%d>1 %s %s %s %d - - ".formatted(priority, time, host(), TAG, PROCESS);
    byte[] message = (head + OneLine.of(format.of(event))).getBytes(UTF_8);
    return message.length <= LONGEST ? message : cut(message);
  }

  /** Cut between two characters, with three dots at the end. */
  private static byte[] cut(byte[] message) {
    int end = LONGEST - 3;
    while ((message[end] & 0xC0) == 0x80) {
      end--;
    }
    byte[] cut = Arrays.copyOf(message, end + 3);
    Arrays.fill(cut, end, end + 3, (byte) '.');
    return cut;
  }

  private static String host() {
    String name = HostName.here();
    return US_ASCII.newEncoder().canEncode(name) && !name.isBlank() ? name : "-";
  }

  private static int severity(Level level) {
    if (level.isMoreSpecificThan(Level.FATAL)) {
      return 2;
    }
    if (level.isMoreSpecificThan(Level.ERROR)) {
      return 3;
    }
    if (level.isMoreSpecificThan(Level.WARN)) {
      return 4;
    }
    return level.isMoreSpecificThan(Level.INFO) ? 6 : 7;
  }
}
