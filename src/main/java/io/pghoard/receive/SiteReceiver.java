// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.ReceivePlaces;
import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receiving of one site: the program that runs, or why none does and until when. */
final class SiteReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(SiteReceiver.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

  /**
   * pg_receivewal says that it starts to stream before it asks the server, which may refuse: it
   * does stream when it has gone on for so long.
   */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** The same is told again after this. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  /** One that has lived so long did not fail at its start. */
  private static final Duration SOUND = Duration.ofSeconds(20);

  private final String site;
  private final Clock clock;
  private final Clock steady;
  private final FreeSpace freeSpace;
  private @Nullable RunningProgram program;
  private @Nullable Thread reader;
  private @Nullable String node;
  private @Nullable ReceivePlaces places;
  private @Nullable Instant started;
  private @Nullable Instant latestActivity;
  private @Nullable String trouble;
  private @Nullable Instant since;
  private @Nullable Instant inTroubleFrom;
  private @Nullable String told;
  private Instant toldAt = Instant.EPOCH;
  private @Nullable String order;
  private @Nullable Instant streamsFrom;
  private @Nullable String from;
  private @Nullable String behind;
  private int failures;
  private Instant next = Instant.MIN;

  /**
   * Runs nothing yet.
   *
   * @param clock what people are told the time by
   * @param steady what durations are measured by
   */
  SiteReceiver(String site, Clock clock, Clock steady) {
    this.site = site;
    this.clock = clock;
    this.steady = steady;
    this.freeSpace = new FreeSpace(steady);
  }

  FreeSpace freeSpace() {
    return freeSpace;
  }

  synchronized boolean runs() {
    if (streams()) {
      goesWell();
    }
    return program != null;
  }

  private void goesWell() {
    trouble = null;
    since = null;
    inTroubleFrom = null;
    behind = null;
  }

  /**
   * Whether the server has told that it lacks the WAL that the receiver's slot itself stands at. It
   * does not say so of the slot: what pg_receivewal asks for moves a slot back, to removed WAL too.
   */
  synchronized boolean isSlotBehind(WalReceiver receiver) {
    return behind != null && behind.equals(receiver.slotOfNode());
  }

  /** Whether pg_receivewal streams: WAL that is written from now on will come. */
  synchronized boolean streams() {
    Instant from = streamsFrom;
    return program != null && from != null && !steady.instant().isBefore(from);
  }

  /** Whether there has been trouble for so long. */
  synchronized boolean isInTroubleFor(Duration patience) {
    Instant from = inTroubleFrom;
    return from != null && !steady.instant().isBefore(from.plus(patience));
  }

  synchronized boolean waits() {
    return steady.instant().isBefore(next);
  }

  synchronized ReceiverStatus status() {
    return new ReceiverStatus(program != null, node, latestActivity, trouble, since);
  }

  /** Takes over a program that was just started, and reads it to its end in a thread of its own. */
  synchronized void follow(WalReceiver receiver, RunningProgram running) {
    program = running;
    from = receiver.fromSlot() ? receiver.slotOfNode() : null;
    node = receiver.node().toString();
    places = receiver.places();
    started = steady.instant();
    streamsFrom = null;
    running.listen(this::heard);
    Thread thread = new Thread(() -> readToTheEnd(running), "wal-receive-" + site);
    thread.setDaemon(true);
    reader = thread;
    thread.start();
    LOG.info("Site {}: receives WAL from {} by {}", site, node, receiver.program());
  }

  /** Notes why none can be started; the next try comes after a pause. */
  synchronized void failed(String reason) {
    failures++;
    Instant now = steady.instant();
    if (!reason.equals(told) || now.isAfter(toldAt.plus(AGAIN))) {
      LOG.warn("Site {}: receives no WAL, and will retry: {}", site, reason);
      told = reason;
      toldAt = now;
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
    next = now.plus(pause.compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause);
    hold(reason);
  }

  /** Notes why none is to run now. */
  synchronized void hold(String reason) {
    if (since == null) {
      since = clock.instant();
      inTroubleFrom = steady.instant();
    }
    trouble = reason;
  }

  /** Ends the program, for a reason that is none of its own, and returns when it is gone. */
  void end(String reason) {
    RunningProgram running;
    Thread thread;
    synchronized (this) {
      running = program;
      thread = reader;
      order = running == null ? null : reason;
    }
    if (running == null || thread == null) {
      return;
    }
    running.end(reason);
    try {
      running.close();
      thread.join(1000);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot end pg_receivewal of site " + site, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void heard(String line) {
    Instant now = steady.instant();
    latestActivity = clock.instant();
    if (streamsFrom == null && line.contains("starting log streaming")) {
      streamsFrom = now.plus(SETTLED);
    }
    if (line.contains("finished segment")) {
      streamsFrom = now;
      goesWell();
    }
    if (LostWal.isTold(line) && places != null) {
      behind = from;
      lost(line, places);
    }
    LOG.debug("Site {}: {}", site, line);
  }

  private void lost(String line, ReceivePlaces noted) {
    try {
      new LostWal(line, null).note(noted);
    } catch (IOException e) {
      LOG.warn(
          "Site {}: cannot record that WAL was lost, and will retry: {}", site, e.getMessage());
    }
  }

  private void readToTheEnd(RunningProgram running) {
    String reason = "the output of pg_receivewal could not be read";
    try (running) {
      running.transferTo(OutputStream.nullOutputStream());
      reason = "pg_receivewal exited";
    } catch (IOException e) {
      reason = String.valueOf(e.getMessage());
    } finally {
      ended(reason);
    }
  }

  private synchronized void ended(String reason) {
    String ordered = order;
    if (ordered != null) {
      LOG.info("Site {}: stopping pg_receivewal: {}", site, ordered);
      order = null;
      program = null;
      streamsFrom = null;
      return;
    }
    Instant begun = started;
    if (streams() && begun != null && steady.instant().isAfter(begun.plus(SOUND))) {
      failures = 0;
    }
    program = null;
    streamsFrom = null;
    failed(reason);
  }
}
