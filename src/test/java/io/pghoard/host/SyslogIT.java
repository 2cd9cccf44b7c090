// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.config.LogConfig;
import io.pghoard.config.LogConfig.Format;
import io.pghoard.config.SyslogConfig;
import io.pghoard.config.SyslogConfig.Address;
import io.pghoard.config.SyslogConfig.LocalSocket;
import io.pghoard.config.SyslogConfig.Port;
import io.pghoard.config.SyslogConfig.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log in a real rsyslog. */
final class SyslogIT {
  private static final Logger LOG = LoggerFactory.getLogger("io.pghoard.Example");
  private static final String APP = "pghoard[" + ProcessHandle.current().pid() + "]";
  private static final String TAG = APP + ":";

  private final Logging logging = new Logging(false, true);
  private Rsyslog rsyslog;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    rsyslog = Rsyslog.start(directory);
  }

  @AfterEach
  void stop() throws Exception {
    logging.close();
    rsyslog.close();
  }

  @Test
  void localSocket_takesFacilityAndSeverity() {
    log(new LocalSocket(rsyslog.socket), Format.TEXT);

    LOG.error("first");
    LOG.warn("second");
    LOG.info("third, of a file called x\n<0>forged");
    LOG.debug("fourth");

    assertReceived(
        "local2|err|" + TAG + "| ERROR Example - first",
        "local2|warning|" + TAG + "| WARN  Example - second",
        "local2|info|" + TAG + "| INFO  Example - third, of a file called x\\n<0>forged",
        "local2|debug|" + TAG + "| DEBUG Example - fourth");
  }

  @Test
  void udpPort_takesRfc5424() {
    log(new Port(Protocol.UDP, "127.0.0.1", rsyslog.udpPort), Format.JSON);

    LOG.info("Site main: archived");

    await()
        .untilAsserted(
            () ->
                assertThat(rsyslog.lines())
                    .singleElement()
                    .asString()
                    .startsWith("local2|info|" + APP + "|{\"timestamp\":\"")
                    .endsWith(",\"site\":\"main\",\"message\":\"Site main: archived\"}"));
  }

  @Test
  void tcpPort_takesALineEach() {
    log(new Port(Protocol.TCP, "localhost", rsyslog.tcpPort), Format.TEXT);

    LOG.info("first");
    LOG.info("second\nof two lines");

    assertReceived(
        "local2|info|" + APP + "|INFO  Example - first",
        "local2|info|" + APP + "|INFO  Example - second\\nof two lines");
  }

  @Test
  void syslogThatIsAway_getsItsLinesWhenItIsBack() throws Exception {
    log(new LocalSocket(rsyslog.socket), Format.TEXT);
    rsyslog.stop();

    LOG.info("while it was away");

    rsyslog.startAgain();
    await()
        .untilAsserted(
            () ->
                assertThat(rsyslog.lines())
                    .anyMatch(line -> line.endsWith("INFO  Example - while it was away"))
                    .anyMatch(line -> line.contains("Syslog accepts nothing (cannot send to "))
                    .anyMatch(line -> line.endsWith("accepts lines again; 0 were dropped")));
  }

  @Test
  void syslogThatReadsNothing_holdsNobodyUp() throws Exception {
    log(new LocalSocket(rsyslog.socket), Format.TEXT);
    rsyslog.signal("STOP");

    long start = System.nanoTime();
    for (int i = 0; i < 5000; i++) {
      LOG.info("line {}", i);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));

    rsyslog.signal("CONT");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(rsyslog.lines())
                    .filteredOn(line -> line.contains("Syslog accepts lines again; "))
                    .singleElement()
                    .asString()
                    .matches(".* again; [1-9]\\d{3} were dropped"));
  }

  private void log(Address address, Format format) {
    logging.apply(new LogConfig("DEBUG", format, new SyslogConfig(address, 18)));
  }

  private void assertReceived(String... lines) {
    await().untilAsserted(() -> assertThat(rsyslog.lines()).containsExactly(lines));
  }
}
