// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToIntFunction;

/** What {@code pghoard_restore}, or another program, has answered that ran inside the test. */
record RestoreToolRun(int status, String out, String err) {
  static RestoreToolRun of(List<String> arguments) {
    return of(RestoreTool::run, arguments);
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
