// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.restore.RestoreProgress;
import io.pghoard.restore.RestoreProgress.Phase;
import java.io.PrintWriter;
import java.util.Locale;

/** The progress of a restore for somebody who waits: a bar on a terminal, lines elsewhere. */
final class RestoreDisplay {
  private static final int WIDTH = 30;
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final PrintWriter out;
  private final boolean bar;
  private final long start = System.nanoTime();
  private Phase shown = Phase.PLANNING;
  private long lastLine = start;
  private boolean drawn;

  private RestoreDisplay(PrintWriter out, boolean bar) {
    this.out = out;
    this.bar = bar;
  }

  /** A bar when the launcher says that standard error is a terminal, which Java cannot tell. */
  static RestoreDisplay of(PrintWriter out, boolean lines) {
    return new RestoreDisplay(out, !lines && Boolean.getBoolean("pghoard.terminal"));
  }

  /** A display of which a test knows what it writes to. */
  static RestoreDisplay asBar(PrintWriter out) {
    return new RestoreDisplay(out, true);
  }

  void show(RestoreProgress.Snapshot now) {
    if (bar) {
      if (now.phase() != Phase.PLANNING && !isFailure(now.phase())) {
        // To the start of the line, and what the last drawing has left there erased.
        out.print("\r" + bar(now) + "\u001b[K");
        out.flush();
        drawn = true;
      }
    } else if (now.phase() != shown || System.nanoTime() - lastLine > LINE_EVERY_NANOS) {
      lastLine = System.nanoTime();
      shown = now.phase();
      if (!isFailure(now.phase())) {
        out.println(line(now));
        out.flush();
      }
    }
  }

  /** Leaves the bar where it is, and begins a new line. */
  void end() {
    if (drawn) {
      out.println();
      out.flush();
    }
  }

  private static boolean isFailure(Phase phase) {
    return phase == Phase.FAILED || phase == Phase.CANCELLED;
  }

  private String bar(RestoreProgress.Snapshot now) {
    int full = (int) Math.round(now.percent() / 100 * WIDTH);
    return "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "] " + line(now);
  }

  private String line(RestoreProgress.Snapshot now) {
    double seconds = Math.max(0.001, (System.nanoTime() - start) / 1e9);
    double rate = now.bytesDone() / seconds;
    String text =
        String.format(
            Locale.ROOT,
            "%5.1f%%  %s of %s  %s/s",
            now.percent(),
            ByteSize.text(now.bytesDone()),
            ByteSize.text(now.bytesTotal()),
            ByteSize.text((long) rate));
    if (now.phase() == Phase.WRITING && rate > 0) {
      long left = (long) (Math.max(0, now.bytesTotal() - now.bytesDone()) / rate);
      return text
          + String.format(
              Locale.ROOT, "  ETA %d:%02d:%02d", left / 3600, left / 60 % 60, left % 60);
    }
    return text + "  " + now.phase().word();
  }
}
