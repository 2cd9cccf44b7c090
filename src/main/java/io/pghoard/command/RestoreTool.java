// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code pghoard_restore}: lists base backups and restores them, with or without a daemon. */
@Command(
    name = "pghoard_restore",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Lists base backups and restores them.",
    subcommands = {
      ListBaseBackups.class,
      ListBaseBackupsHttp.class,
      GetBaseBackup.class,
      RunRequest.class,
    },
    footer = {
      "",
      "Exit status: 0 after success, 1 after a failure, 2 when the command line is wrong."
    })
public final class RestoreTool implements Callable<Integer> {
  @Option(
      names = {"-D", "--debug"},
      scope = ScopeType.INHERIT,
      description = "Log in detail, to standard error.")
  private boolean debug;

  @Option(
      names = "--status-output-file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "A JSON file with the progress, rewritten every second.")
  private @Nullable Path statusFile;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the command and gives its exit status. */
  public static int run(String... arguments) {
    RestoreTool tool = new RestoreTool();
    return new CommandLine(tool)
        .setExecutionStrategy(
            parsed -> {
              System.setProperty("pghoard.logLevel", tool.debug ? "DEBUG" : "WARN");
              return new CommandLine.RunLast().execute(parsed);
            })
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              line.getErr().println("pghoard_restore: " + Failure.describe(failure));
              return 1;
            })
        .execute(arguments);
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec).commandLine();
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        commandLine(), "name a command: get-basebackup, list-basebackups");
  }

  @Nullable Path statusFile() {
    return statusFile;
  }
}
