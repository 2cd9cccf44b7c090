// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecCommandExecutor;
import org.apache.camel.component.exec.ExecResult;

/**
 * Runs a command as {@link LiveExec} does, but only one at a time for a working directory, also
 * when a former daemon was killed and its command is still about to end.
 */
public final class SoleExec implements ExecCommandExecutor {
  @Override
  public ExecResult execute(ExecCommand command) throws IOException {
    Path lock = Path.of(command.getWorkingDir()).resolve("lock");
    RunningProgram program =
        RunningProgram.startAlone(lock, command.getExecutable(), command.getArgs());
    // The exit status is only known at the end of the output; the stream tells it.
    return new ExecResult(command, program, null, 0);
  }
}
