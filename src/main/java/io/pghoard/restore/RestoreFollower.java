// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.restore.RestoreProgress.Snapshot;
import io.pghoard.server.RunningProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the lines of a process that restores until it ends, and makes them the progress. */
final class RestoreFollower {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreFollower.class);

  private final RestoreRun run;
  private @Nullable Snapshot last;
  private String words = "";

  RestoreFollower(RestoreRun run) {
    this.run = run;
  }

  /**
   * Returns when the process has ended.
   *
   * @throws IOException when it ended without an outcome
   */
  void follow(RunningProgram process) throws IOException {
    process.listen(line -> LOG.warn("Site {}: restore {}: {}", run.site(), run.id(), line));
    run.progress().onCancel(() -> process.end("the restore was cancelled"));
    // What the JVM says of its end is on standard output too.
    try (process;
        BufferedReader lines = new BufferedReader(new InputStreamReader(process, UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        read(line);
      }
    } catch (IOException e) {
      if (last == null || !last.phase().ended()) {
        throw new IOException(e.getMessage() + (words.isEmpty() ? "" : ": " + words), e);
      }
    }
    if (last == null || !last.phase().ended()) {
      throw new IOException("the restore process ended without an outcome: " + words);
    }
    // Not before it has let go of the directory.
    run.progress().end(last);
  }

  private void read(String line) {
    Snapshot told = RestoreMessages.parse(line);
    if (told == null) {
      words = line;
    } else {
      last = told;
      run.progress().follow(told);
    }
  }
}
