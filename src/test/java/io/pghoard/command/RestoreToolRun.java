// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;

/** What {@code pghoard_restore}, or another program, has answered that ran inside the test. */
public record RestoreToolRun(int status, String out, String err) {
  static RestoreToolRun of(List<String> arguments) {
    return of(RestoreTool::run, arguments);
  }

  /** A check of a site; what it has found is its output. */
  public static RestoreToolRun check(Path config) {
    return of(DaemonCommand::run, List.of("check", "--config", config.toString()));
  }

  /** The names of the checks that have failed, which make the exit status 1. */
  public List<String> failedChecks() {
    return out.lines()
        .filter(line -> line.startsWith("FAILED "))
        .map(line -> line.substring("FAILED   ".length(), line.indexOf(" (")))
        .toList();
  }

  static RestoreToolRun of(ToIntFunction<String[]> program, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    int status;
    try {
      status = program.applyAsInt(arguments.toArray(String[]::new));
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
    return new RestoreToolRun(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
