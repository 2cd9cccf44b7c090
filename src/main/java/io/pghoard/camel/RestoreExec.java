// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.server.RunningProgram;
import java.io.IOException;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecCommandExecutor;
import org.apache.camel.component.exec.ExecResult;

/** Starts the process of a restore as {@link LiveExec} starts programs, and calls it what it is. */
public final class RestoreExec implements ExecCommandExecutor {
  @Override
  public ExecResult execute(ExecCommand command) throws IOException {
    RunningProgram process =
        RunningProgram.start("the restore process", command.getExecutable(), command.getArgs());
    return new ExecResult(command, process, null, 0);
  }
}
