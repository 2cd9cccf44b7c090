// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecCommandExecutor;
import org.apache.camel.component.exec.ExecResult;

/**
 * Runs a command of Camel's exec component without waiting for its end: the result's standard
 * output is the {@link RunningProgram}, which fails at its end when the command did. Camel's own
 * executor keeps the whole output in memory.
 */
public final class LiveExec implements ExecCommandExecutor {
  @Override
  public ExecResult execute(ExecCommand command) throws IOException {
    RunningProgram program = RunningProgram.start(command.getExecutable(), command.getArgs());
    if (command.getTimeout() > 0 && command.getTimeout() < Long.MAX_VALUE) {
      program.endAfter(
          Duration.ofMillis(command.getTimeout()),
          "it took more than " + command.getTimeout() + " ms");
    }
    // The exit status is only known at the end of the output; the stream tells it.
    return new ExecResult(command, program, null, 0);
  }
}
