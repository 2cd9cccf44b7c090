// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What systemd is told of the daemon, by sd_notify's protocol; nothing where systemd did not start
 * it.
 */
public final class ServiceNotice implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotice.class);

  private final @Nullable UnixDatagram socket;
  private final long aliveEvery;
  private long lastAlive;
  private boolean failed;
  private boolean stopping;

  private ServiceNotice(@Nullable UnixDatagram socket, long aliveEvery) {
    this.socket = socket;
    this.aliveEvery = aliveEvery;
    this.lastAlive = System.nanoTime();
  }

  /** Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, as systemd sets them. */
  public static ServiceNotice of(Map<String, String> environment) {
    String path = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (path.isEmpty()) {
      return new ServiceNotice(null, 0);
    }
    try {
      return new ServiceNotice(new UnixDatagram(path), aliveEvery(environment));
    } catch (IOException e) {
      LOG.warn("Cannot notify systemd: {}", e.getMessage());
      return new ServiceNotice(null, 0);
    }
  }

  /** Half of systemd's patience in nanoseconds; 0 when it does not watch this process. */
  private static long aliveEvery(Map<String, String> environment) {
    String own = String.valueOf(ProcessHandle.current().pid());
    String usec = environment.getOrDefault("WATCHDOG_USEC", "");
    return usec.matches("[0-9]{1,15}") && environment.getOrDefault("WATCHDOG_PID", own).equals(own)
        ? TimeUnit.MICROSECONDS.toNanos(Long.parseLong(usec)) / 2
        : 0;
  }

  /** Everything runs. */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + OneLine.of(status));
  }

  /** The configuration is read again; {@link #ready} ends that, whatever came of it. */
  public void reloading() {
    // What Java calls nanoTime is CLOCK_MONOTONIC on Linux, which systemd asks for.
    send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
  }

  /** The daemon has begun to stop: the last that is told. */
  public synchronized void stopping() {
    stopping = true;
    send("STOPPING=1\nSTATUS=Stopping");
  }

  /** Whether it is time to tell that the daemon is alive, if it is. */
  public synchronized boolean due() {
    return aliveEvery > 0 && System.nanoTime() - lastAlive >= aliveEvery;
  }

  /** The daemon was looked at, and works. */
  public synchronized void alive() {
    if (stopping) {
      return;
    }
    lastAlive = System.nanoTime();
    send("WATCHDOG=1");
  }

  private synchronized void send(String text) {
    if (socket == null) {
      return;
    }
    try {
      socket.send(text.getBytes(UTF_8));
      failed = false;
    } catch (IOException e) {
      if (!failed) {
        failed = true;
        LOG.warn(
            "Cannot notify systemd of {}: {}", text.lines().findFirst().orElse(""), e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
