// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How far one restore is. Written by the threads that restore, read by those that show it. */
public final class RestoreProgress {
  private final Clock clock;
  private final Instant startTime;
  private final AtomicLong bytesDone = new AtomicLong();
  private final AtomicInteger filesDone = new AtomicInteger();
  private final List<String> notes = new ArrayList<>();
  private Phase phase = Phase.PLANNING;
  private long bytesTotal;
  private int filesTotal;
  private boolean cancelled;
  private Runnable onCancel = () -> {};
  private @Nullable String backup;
  private @Nullable String error;
  private @Nullable Instant endTime;

  /** What a restore is at. The last three are outcomes. */
  public enum Phase {
    PLANNING,
    WRITING,
    /** Making sure that everything is on disk. */
    SYNCING,
    DONE,
    FAILED,
    CANCELLED;

    /** As it is told to users: {@code done}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public boolean ended() {
      return compareTo(DONE) >= 0;
    }
  }

  /**
   * All of it at one moment.
   *
   * @param bytesTotal plain bytes; 0 while unknown
   * @param filesTotal 0 while unknown, or when the backup has no list of its files
   * @param percent of the bytes, 0 to 100
   * @param notes what the operator should know of the restored cluster
   * @param error why it failed, or null
   */
  public record Snapshot(
      Phase phase,
      @Nullable String backup,
      long bytesDone,
      long bytesTotal,
      int filesDone,
      int filesTotal,
      double percent,
      Instant startTime,
      @Nullable Instant endTime,
      List<String> notes,
      @Nullable String error) {}

  public RestoreProgress(Clock clock) {
    this.clock = clock;
    this.startTime = clock.instant();
  }

  public synchronized Snapshot snapshot() {
    // The backup's own manifest is written too, and in no plan.
    long done = bytesTotal == 0 ? bytesDone.get() : Math.min(bytesDone.get(), bytesTotal);
    double percent = bytesTotal == 0 ? 0 : Math.min(100.0, 100.0 * done / bytesTotal);
    return new Snapshot(
        phase,
        backup,
        done,
        bytesTotal,
        filesDone.get(),
        filesTotal,
        phase == Phase.DONE ? 100.0 : percent,
        startTime,
        endTime,
        List.copyOf(notes),
        error);
  }

  /** Asks the restore to end; it does at its next block of data. */
  public synchronized void cancel() {
    cancelled = true;
    if (!phase.ended()) {
      onCancel.run();
    }
  }

  /** Has something done when the restore is cancelled, at once when it was. */
  synchronized void onCancel(Runnable what) {
    onCancel = what;
    if (cancelled) {
      what.run();
    }
  }

  /** Takes over what the process that restores tells, but for the outcome: it may write still. */
  synchronized void follow(Snapshot told) {
    if (phase.ended()) {
      return;
    }
    if (!told.phase().ended()) {
      phase = told.phase();
    }
    backup = told.backup();
    bytesTotal = told.bytesTotal();
    filesTotal = told.filesTotal();
    bytesDone.set(told.bytesDone());
    filesDone.set(told.filesDone());
    notes.clear();
    notes.addAll(told.notes());
  }

  /** Takes over the outcome that it told, as it has ended. */
  synchronized void end(Snapshot told) {
    if (told.phase() == Phase.DONE) {
      done();
    } else {
      failed(told.error() == null ? "the restore process was stopped" : told.error());
    }
  }

  /** Whether the restore was asked to end, or has failed in another thread. */
  public synchronized boolean stopped() {
    return cancelled || phase.ended();
  }

  public synchronized void planned(String name, long bytes, int files) {
    backup = name;
    bytesTotal = bytes;
    filesTotal = files;
  }

  public synchronized void enter(Phase next) {
    if (!phase.ended()) {
      phase = next;
    }
  }

  public synchronized void note(String text) {
    notes.add(text);
  }

  public void wrote(long bytes) {
    bytesDone.addAndGet(bytes);
  }

  public void wroteFile() {
    filesDone.incrementAndGet();
  }

  public synchronized void done() {
    end(Phase.DONE, null);
  }

  /** Records a failure; the first one counts, as the others follow from it. */
  public synchronized void failed(String why) {
    end(cancelled ? Phase.CANCELLED : Phase.FAILED, cancelled ? null : why);
  }

  private void end(Phase outcome, @Nullable String why) {
    if (!phase.ended()) {
      phase = outcome;
      error = why;
      endTime = clock.instant();
    }
  }
}
