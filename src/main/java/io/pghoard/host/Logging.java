// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import io.pghoard.config.LogConfig;
import io.pghoard.config.SyslogConfig;
import io.pghoard.config.SyslogConfig.LocalSocket;
import io.pghoard.config.SyslogConfig.Port;
import io.pghoard.config.SyslogConfig.Protocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log as pghoard.json wants it, once {@link #apply} was called; it may be called again with
 * another configuration.
 *
 * <p>What log4j2.properties says of other loggers stays as it is.
 */
public final class Logging implements AutoCloseable {
  private static final String OWN_LOGGERS = "io.pghoard";
  private static final String FIRST_CONSOLE = "console";

  private final boolean debug;
  private final boolean shortLog;
  private final LoggerContext context;
  private List<String> appenders = List.of(FIRST_CONSOLE);
  private @Nullable LogConfig applied;
  private int changes;

  /**
   * Changes nothing yet.
   *
   * @param debug log in detail, whatever the configuration says
   * @param shortLog leave the time out
   */
  public Logging(boolean debug, boolean shortLog) {
    this.debug = debug;
    this.shortLog = shortLog;
    this.context = (LoggerContext) LogManager.getContext(Logging.class.getClassLoader(), false);
  }

  /** Logs as this configuration says from now on; the same settings again change nothing. */
  public synchronized void apply(LogConfig config) {
    LogConfig log = debug ? config.at(detail(config.level())) : config;
    if (log.equals(applied)) {
      return;
    }
    AbstractConfiguration current = (AbstractConfiguration) context.getConfiguration();
    List<String> before = appenders;
    List<String> now = new ArrayList<>();
    // The new ones first: in between, a line is rather there twice than not at all.
    changes++;
    add(current, console(log), now);
    SyslogConfig syslog = log.syslog();
    IOException withoutSyslog = null;
    if (syslog != null) {
      try {
        add(current, syslog(log, syslog), now);
      } catch (IOException e) {
        withoutSyslog = e;
      }
    }
    before.forEach(current::removeAppender);
    LoggerConfig own = current.getLoggerConfig(OWN_LOGGERS);
    own.setLevel(Level.valueOf(log.level()));
    context.updateLoggers();
    appenders = now;
    applied = log;
    if (withoutSyslog != null) {
      LoggerFactory.getLogger(Logging.class)
          .warn("Cannot log to syslog: {}", withoutSyslog.getMessage());
    }
  }

  /** --debug never makes the log shorter. */
  private static String detail(String level) {
    return level.equals("TRACE") ? level : "DEBUG";
  }

  private static void add(AbstractConfiguration current, Appender appender, List<String> names) {
    appender.start();
    current.addAppender(appender);
    current.getRootLogger().addAppender(appender, null, null);
    names.add(appender.getName());
  }

  private Appender console(LogConfig log) {
    return ConsoleAppender.newBuilder()
        .setName("console-" + changes)
        .setTarget(ConsoleAppender.Target.SYSTEM_ERR)
        .setFollow(true)
        .setLayout(new LineLayout(format(log, !shortLog)))
        .build();
  }

  private Appender syslog(LogConfig log, SyslogConfig syslog) throws IOException {
    boolean local = syslog.address() instanceof LocalSocket;
    return new SyslogAppender(
        "syslog-" + changes,
        new SyslogMessage(format(log, false), syslog.facility(), local),
        target(syslog.address()));
  }

  private static LineFormat format(LogConfig log, boolean withTime) {
    return log.format() == LogConfig.Format.JSON ? new JsonFormat() : new TextFormat(withTime);
  }

  private static DatagramTarget target(SyslogConfig.Address address) throws IOException {
    if (address instanceof Port port) {
      return port.protocol() == Protocol.TCP
          ? new TcpTarget(port.host(), port.port())
          : new UdpTarget(port.host(), port.port());
    }
    return new UnixDatagram(address.toString());
  }

  /** Sends what waits for syslog, and logs as before the first {@link #apply}. */
  @Override
  public synchronized void close() {
    if (applied != null) {
      context.reconfigure();
      appenders = List.of(FIRST_CONSOLE);
      applied = null;
    }
  }
}
