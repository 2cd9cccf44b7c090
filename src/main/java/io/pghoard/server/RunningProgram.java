// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs, as the stream of what it writes to its standard output.
 *
 * <p>The end of the stream is only reported when the program has exited with 0; any other end is an
 * IOException with the program's last words. The program does not outlive this process, even when
 * it is killed: a shell beside it holds the other end of a pipe, and ends the program when the pipe
 * breaks.
 */
public final class RunningProgram extends FilterInputStream {
  /**
   * The shell waits for the program, a second one for the pipe to break. Neither keeps the
   * program's output open, so that the output ends when the program does.
   */
  private static final String WATCHED =
      """
      exec 3<&0 </dev/null
      "$@" 3<&- &
      program=$!
      exec >/dev/null 2>&1
      { read -r line <&3; kill -TERM $program; sleep 5; kill -KILL $program; } &
      watcher=$!
      exec 3<&-
      wait $program
      status=$?
      kill -KILL $watcher
      exit $status
      """;

  /** The lock is held by the program itself, so that it lasts just as long as the program. */
  private static final String ALONE =
      """
      command -v flock >/dev/null || { echo 'there is no flock; install util-linux' >&2; exit 74; }
      exec 9>>"$0" && flock --nonblock 9 || { echo "$0 is locked: another one runs" >&2; exit 75; }
      exec "$@"
      """;

  private static final Duration GRACE = Duration.ofSeconds(6);
  private static final int LAST_LINES = 10;
  private static final int SIGNALLED = 128;
  private static final int LAST_SIGNAL = 64;
  private static final ScheduledThreadPoolExecutor DEADLINES =
      (ScheduledThreadPoolExecutor)
          Executors.newScheduledThreadPool(1, task -> daemon(task, "program-deadlines"));

  static {
    DEADLINES.setRemoveOnCancelPolicy(true);
  }

  private final String name;
  private final Process process;
  private final Thread errors;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private Consumer<String> listener = line -> {};
  private @Nullable ScheduledFuture<?> deadline;
  private volatile @Nullable String endedBecause;
  private boolean finished;

  private RunningProgram(String name, Process process) {
    super(process.getInputStream());
    this.name = name;
    this.process = process;
    this.errors = daemon(this::readErrors, name + "-stderr");
    errors.start();
  }

  /**
   * What a program finds in its environment: ours, with messages in English, and without what libpq
   * takes settings from, which would speak where the connection string is silent.
   *
   * <p>Source: "Environment Variables" in the chapter on libpq of PostgreSQL's documentation.
   */
  static void prepare(Map<String, String> environment) {
    environment.keySet().removeIf(name -> name.startsWith("PG"));
    environment.put("LC_ALL", "C");
  }

  /**
   * Starts a program, whose messages will be in English.
   *
   * @param program its path, or its name if it is to be found in PATH
   */
  public static RunningProgram start(String program, List<String> arguments) throws IOException {
    return start(String.valueOf(Path.of(program).getFileName()), program, arguments);
  }

  /** The same, of a program that messages call by another name. */
  public static RunningProgram start(String name, String program, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", WATCHED, "sh", program));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    prepare(builder.environment());
    try {
      return new RunningProgram(name, builder.start());
    } catch (IOException e) {
      throw new IOException("cannot start " + program + ": " + e.getMessage(), e);
    }
  }

  /**
   * Starts a program of which only one may run, whoever starts it; a second one ends at once.
   *
   * @param lock a file that is locked while the program runs; made when it is not there
   */
  public static RunningProgram startAlone(Path lock, String program, List<String> arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("-c", ALONE, lock.toString(), program));
    all.addAll(arguments);
    return start(String.valueOf(Path.of(program).getFileName()), "/bin/sh", all);
  }

  /** Runs a program to its end, and returns what it wrote, of which it accepts 1 MiB. */
  public static String output(String program, List<String> arguments, Duration limit)
      throws IOException {
    return new String(outputBytes(program, arguments, limit), UTF_8);
  }

  /** The same of a program whose output may be in any encoding. */
  static byte[] outputBytes(String program, List<String> arguments, Duration limit)
      throws IOException {
    try (RunningProgram running = start(program, arguments)) {
      running.endAfter(limit, "it took more than " + limit.toSeconds() + " s");
      byte[] written = running.readNBytes(1 << 20);
      if (running.read() != -1) {
        throw new IOException(running.name + " wrote more than 1 MiB");
      }
      return written;
    }
  }

  /** Tells every line of the standard error, those that were written already first. */
  public synchronized void listen(Consumer<String> next) {
    lastLines.forEach(next);
    listener = next;
  }

  /** Ends the program when it still runs after {@code limit}; replaces an earlier limit. */
  public synchronized void endAfter(Duration limit, String reason) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (!finished) {
      deadline = DEADLINES.schedule(() -> end(reason), limit.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) == -1 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int got;
    try {
      got = in.read(target, offset, length);
    } catch (IOException e) {
      throw endedBecause == null ? e : failure("was ended", e);
    }
    if (got == -1) {
      finish();
    }
    return got;
  }

  /** Ends the program if it still runs; the next read tells why. */
  public void end(String reason) {
    if (endedBecause == null && process.isAlive()) {
      endedBecause = reason;
    }
    // The watcher sees its pipe break.
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot end " + name, e);
    }
  }

  /** Ends the program if it still runs, and returns when nothing of it is left. */
  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = process.descendants().toList();
    end("it was no longer needed");
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      finished = true;
      if (deadline != null) {
        deadline.cancel(false);
      }
    }
    super.close();
  }

  private void finish() throws IOException {
    int status;
    try {
      status = process.waitFor();
      errors.join(GRACE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + name);
    }
    synchronized (this) {
      finished = true;
      if (deadline != null) {
        deadline.cancel(false);
      }
    }
    if (endedBecause != null) {
      throw failure("was ended: " + endedBecause, null);
    }
    if (status != 0) {
      // A shell's way to say it.
      throw failure(
          status > SIGNALLED && status <= SIGNALLED + LAST_SIGNAL
              ? "was killed by signal " + (status - SIGNALLED)
              : "exited with " + status,
          null);
    }
  }

  private synchronized IOException failure(String what, @Nullable Throwable cause) {
    String words = String.join("; ", lastLines);
    return new IOException(name + " " + what + (words.isEmpty() ? "" : ": " + words), cause);
  }

  private void readErrors() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      for (String line; (line = reader.readLine()) != null; ) {
        tell(line);
      }
    } catch (IOException e) {
      tell("(the rest of its messages could not be read: " + e.getMessage() + ")");
    } catch (RuntimeException | Error e) {
      // Nobody reads them any more: it would stop when the pipe is full, and tell nobody why.
      end("its messages could not be followed: " + e);
      throw e;
    }
  }

  private synchronized void tell(String line) {
    if (!Progress.matches(line)) {
      lastLines.addLast(line);
      if (lastLines.size() > LAST_LINES) {
        lastLines.removeFirst();
      }
    }
    listener.accept(line);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
