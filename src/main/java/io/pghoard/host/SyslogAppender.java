// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the log to syslog in a thread of its own, so that nobody who logs ever waits for it.
 *
 * <p>While syslog does not take anything, some lines wait; the others are dropped, counted, and
 * told once when it does again.
 */
final class SyslogAppender extends AbstractAppender {
  private static final Logger LOG = LoggerFactory.getLogger(SyslogAppender.class);

  private static final int WAITING_LINES = 1000;
  private static final long PAUSE_MILLIS = 500;

  /** A message that cannot be sent for ten seconds may be the reason for it. */
  private static final int ATTEMPTS = 20;

  private final SyslogMessage message;
  private final DatagramTarget target;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(WAITING_LINES);
  private final AtomicLong dropped = new AtomicLong();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread sender = new Thread(this::sendAll, "syslog");
  private boolean failing;

  SyslogAppender(String name, SyslogMessage message, DatagramTarget target) {
    super(name, null, null, true, Property.EMPTY_ARRAY);
    this.message = message;
    this.target = target;
    sender.setDaemon(true);
  }

  @Override
  public void start() {
    super.start();
    sender.start();
  }

  @Override
  public void append(LogEvent event) {
    if (!waiting.offer(message.of(event))) {
      dropped.incrementAndGet();
    }
  }

  /** Sends what waits, if that is quickly done. */
  @Override
  public boolean stop(long timeout, TimeUnit unit) {
    setStopping();
    stopping.countDown();
    try {
      sender.join(TimeUnit.SECONDS.toMillis(1));
      target.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // What was to be sent is sent, or lost.
      error("cannot close the connection to syslog", e);
    }
    setStopped();
    return true;
  }

  private void sendAll() {
    try {
      while (stopping.getCount() > 0 || !waiting.isEmpty()) {
        byte[] next = waiting.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
          send(next);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(byte[] next) throws InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        target.send(next);
        sent();
        return;
      } catch (IOException e) {
        failed(e);
      }
      if (stopping.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    dropped.incrementAndGet();
  }

  private void failed(IOException why) {
    if (!failing) {
      failing = true;
      LOG.warn(
          "Syslog accepts nothing ({}); up to {} lines wait for it, and the others are dropped until it does",
          why.getMessage(),
          WAITING_LINES);
    }
  }

  private void sent() {
    // Not before there is room for this line too.
    if (waiting.isEmpty() && (failing || dropped.get() > 0)) {
      failing = false;
      LOG.warn("Syslog accepts lines again; {} were dropped", dropped.getAndSet(0));
    }
  }
}
