// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.LogConfig;
import io.pghoard.config.LogConfig.Format;
import io.pghoard.config.SyslogConfig;
import io.pghoard.config.SyslogConfig.LocalSocket;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log as the configuration wants it, on standard error. */
final class LoggingTest {
  private static final Logger LOG = LoggerFactory.getLogger("io.pghoard.Example");

  @Test
  void configuration_isAppliedAndAppliedAgain() {
    String told =
        told(
            new Logging(false, true),
            logging -> {
              logging.apply(new LogConfig("WARN", Format.TEXT, null));
              LOG.info("quiet");
              LOG.warn("first");
              logging.apply(new LogConfig("DEBUG", Format.JSON, null));
              LOG.debug("second");
              LOG.trace("too much");
            });

    assertThat(told.lines())
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("WARN  Example - first"),
            second -> assertThat(second).startsWith("{").contains("\"message\":\"second\""));
  }

  @Test
  void debug_winsUnlessTheConfigurationWantsMore() {
    String told =
        told(
            new Logging(true, true),
            logging -> {
              logging.apply(new LogConfig("ERROR", Format.TEXT, null));
              LOG.debug("first");
              LOG.trace("too much");
              logging.apply(new LogConfig("TRACE", Format.TEXT, null));
              LOG.trace("second");
            });

    assertThat(told.lines()).containsExactly("DEBUG Example - first", "TRACE Example - second");
  }

  @Test
  void syslogThatCannotBe_isToldAndTheLogGoesOn() {
    SyslogConfig impossible = new SyslogConfig(new LocalSocket(Path.of("/x".repeat(80))), 18);

    String told =
        told(
            new Logging(false, true),
            logging -> {
              logging.apply(new LogConfig("INFO", Format.TEXT, impossible));
              LOG.info("on");
            });

    assertThat(told.lines())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("WARN  Logging - Cannot log to syslog: /x/x"),
            second -> assertThat(second).isEqualTo("INFO  Example - on"));
  }

  private static String told(Logging logging, Consumer<Logging> test) {
    PrintStream before = System.err;
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setErr(new PrintStream(errors, true, UTF_8));
    try (logging) {
      test.accept(logging);
    } finally {
      System.setErr(before);
    }
    return errors.toString(UTF_8);
  }
}
