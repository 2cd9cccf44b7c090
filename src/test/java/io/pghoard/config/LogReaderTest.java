// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of the log. */
final class LogReaderTest {
  private final Path directory;

  LogReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void log_goesNowhereElseWithoutSyslog() throws Exception {
    assertThat(ConfigText.valid().top("syslog_address", "'h:1'").read(directory).log())
        .isEqualTo(LogConfig.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "/dev/log,         LocalSocket, /dev/log",
    "/run/../x/log,    LocalSocket, /x/log",
    "loghost:514,      UDP,         loghost:514",
    "udp://10.0.0.1:9, UDP,         10.0.0.1:9",
    "[::1]:514,        UDP,         ::1:514",
    "tcp://h.x:65535,  TCP,         tcp://h.x:65535",
  })
  void address_isReadInEachOfItsForms(String text, String kind, String shown) throws Exception {
    SyslogConfig syslog = syslog(ConfigText.valid().top("syslog_address", "'" + text + "'"));

    assertThat(syslog.address()).hasToString(shown);
    assertThat(
            syslog.address() instanceof SyslogConfig.Port port
                ? port.protocol().name()
                : syslog.address().getClass().getSimpleName())
        .isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({"kern, 0", "daemon, 3", "authpriv, 10", "local0, 16", "local2, 18", "local7, 23"})
  void facility_hasItsNumber(String name, int number) throws Exception {
    assertThat(syslog(ConfigText.valid().top("syslog_facility", "'" + name + "'")).facility())
        .isEqualTo(number);
  }

  private SyslogConfig syslog(ConfigText text) throws Exception {
    return Objects.requireNonNull(text.top("syslog", "true").read(directory).log().syslog());
  }
}
