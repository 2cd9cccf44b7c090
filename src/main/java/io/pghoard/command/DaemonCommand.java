// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.camel.Service;
import io.pghoard.config.ConfigException;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.FileRights;
import io.pghoard.config.MachineCheck;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import io.pghoard.config.SecretFiles;
import io.pghoard.host.Logging;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pghoard}: the daemon, until it is told to end. */
@Command(
    name = "pghoard",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Backs up PostgreSQL clusters: WAL and base backups, as pghoard.json says.",
    subcommands = {
      CheckCommand.class,
      DrillCommand.class,
      ListCommand.class,
      RecoveryCommand.class,
      RoutesCommand.class,
      ServeWal.class,
      VerifyCommand.class
    },
    footer = "Exit status: 0 after a normal stop, 1 if the configuration or the start failed.")
public final class DaemonCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonCommand.class);

  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "${env:PGHOARD_CONFIG}",
      description =
          "The configuration, pghoard.json. Default: the environment variable PGHOARD_CONFIG.")
  private @Nullable Path config;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The same, as in the first releases.")
  private @Nullable Path positional;

  @Option(
      names = {"-D", "--debug"},
      description = "Log in detail, whatever log_level says.")
  private boolean debug;

  @Option(
      names = {"-s", "--short-log"},
      description = "Log without the time, for a journal that adds its own.")
  private boolean shortLog;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the command and gives its exit status. */
  public static int run(String... arguments) {
    return new CommandLine(new DaemonCommand())
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              line.getErr().println("pghoard: " + Failure.describe(failure));
              return 1;
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    Path file = config == null ? positional : config;
    if (file == null || (config != null && positional != null)) {
      throw new CommandLine.ParameterException(
          spec().commandLine(), "name one configuration file: --config /etc/pghoard/pghoard.json");
    }
    PghoardConfig settings;
    try {
      settings = ConfigFile.read(file);
      List<Problem> missing = new ArrayList<>(MachineCheck.problemsOfRoot(settings));
      missing.addAll(MachineCheck.problems(settings));
      String stranger = FileRights.strangersOwn(file);
      if (stranger != null) {
        missing.add(
            new Problem(
                "$",
                0,
                0,
                stranger + ", who is neither root nor the daemon's user and can change it",
                "chown it to one of the two, and see that it is as it should be"));
      }
      if (!missing.isEmpty()) {
        throw new ConfigException(file, missing);
      }
    } catch (ConfigException e) {
      spec().commandLine().getErr().println(e.getMessage());
      return 1;
    }
    try (Logging logging = new Logging(debug, shortLog)) {
      logging.apply(settings.log());
      for (Path secret : new SecretFiles(file, settings).readByAll()) {
        LOG.warn(
            "everybody on this machine may read {}, which holds secrets: chmod o-r it", secret);
      }
      try (Service service =
          Service.daemon(settings, file.toAbsolutePath()).logging(logging::apply)) {
        Hangup.calls(service::reload);
        return service.run();
      }
    }
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli has not filled in the command");
    }
    return spec;
  }
}
