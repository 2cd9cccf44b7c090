// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.LogConfig.Format;
import io.pghoard.config.SyslogConfig.LocalSocket;
import io.pghoard.config.SyslogConfig.Port;
import io.pghoard.config.SyslogConfig.Protocol;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys of the log. */
record LogReader(Section top) {
  private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");

  private static final Map<String, String> PYTHON =
      Map.of("CRITICAL", "ERROR", "FATAL", "ERROR", "WARNING", "WARN", "NOTSET", "TRACE");

  /** In the order of their numbers (RFC 5424, 6.2.1), by the names that Python's syslog has. */
  private static final List<String> FACILITIES =
      List.of(
          "kern",
          "user",
          "mail",
          "daemon",
          "auth",
          "syslog",
          "lpr",
          "news",
          "uucp",
          "cron",
          "authpriv",
          "ftp",
          "ntp",
          "security",
          "console",
          "solaris-cron",
          "local0",
          "local1",
          "local2",
          "local3",
          "local4",
          "local5",
          "local6",
          "local7");

  private static final Pattern PORT =
      Pattern.compile(
          "(?:(udp|tcp)://)?(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):([0-9]{1,5})",
          Pattern.CASE_INSENSITIVE);

  LogConfig read() {
    String format = top.choice("log_format", "text", List.of("text", "json"));
    // Checked whether they are of use or not.
    SyslogConfig syslog = new SyslogConfig(address(), facility());
    return new LogConfig(
        level(),
        Format.valueOf(format.toUpperCase(Locale.ROOT)),
        top.truth("syslog", false) ? syslog : null);
  }

  private String level() {
    String level = top.text("log_level", "INFO").toUpperCase(Locale.ROOT);
    String ours = PYTHON.getOrDefault(level, level);
    return LEVELS.contains(ours) ? ours : top.choice("log_level", "INFO", LEVELS);
  }

  private int facility() {
    return FACILITIES.indexOf(top.choice("syslog_facility", "local2", FACILITIES));
  }

  private SyslogConfig.Address address() {
    String text = top.text("syslog_address", "/dev/log");
    if (text.startsWith("/") && text.indexOf('\0') < 0) {
      return new LocalSocket(Path.of(text).normalize());
    }
    Matcher port = PORT.matcher(text);
    if (port.matches()) {
      int number = Integer.parseInt(port.group(3));
      if (number >= 1 && number <= 65535) {
        String host = port.group(2).replaceAll("[\\[\\]]", "");
        Protocol protocol = "tcp".equalsIgnoreCase(port.group(1)) ? Protocol.TCP : Protocol.UDP;
        return new Port(protocol, host, number);
      }
    }
    top.wrong(
        "syslog_address",
        "this is neither the path of a socket nor a host and a port",
        "write /dev/log, or host:514 for UDP, or tcp://host:514");
    return new LocalSocket(Path.of("/dev/log"));
  }
}
