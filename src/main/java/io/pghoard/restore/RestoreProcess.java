// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The process in which a restore that was asked for over HTTP runs, so that nothing that it does
 * can end the daemon: the Java of this one, with its class path and its options.
 */
public final class RestoreProcess {
  /** The program, which sets the locale: names of files may be any UTF-8. */
  private static final String ENV = "/usr/bin/env";

  private static final String LOCALE = "LC_ALL=C.UTF-8";
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final String MAIN = "io.pghoard.Pghoard";

  private final Path config;
  private final Supplier<String> options;

  /**
   * Processes that read one configuration.
   *
   * @param config pghoard.json
   * @param options gives the options of their JVM, which come after those of this one, with spaces
   *     between them
   */
  public RestoreProcess(Path config, Supplier<String> options) {
    this.config = config;
    this.options = options;
  }

  public String program() {
    return ENV;
  }

  /** The arguments of the process for one restore, whose request waits in a file. */
  public List<String> arguments(RestoreRun run) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(LOCALE));
    arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(RestoreProcess::isForAnotherProcess)
        .forEach(arguments::add);
    SPACE.splitAsStream(options.get()).filter(option -> !option.isEmpty()).forEach(arguments::add);
    arguments.addAll(
        List.of(
            "-Dpghoard.program=pghoard_restore",
            "-Dpghoard.terminal=false",
            "-cp",
            System.getProperty("java.class.path"),
            MAIN,
            "run-request",
            "--config",
            config.toString(),
            run.requestFile(RestoreMessages.writeRequest(run)).toString()));
    return arguments;
  }

  /** Not an agent, and not a port that only one process can have. */
  private static boolean isForAnotherProcess(String option) {
    return !option.startsWith("-agent")
        && !option.startsWith("-javaagent")
        && !option.startsWith("-Xrun")
        && !option.startsWith("-Dcom.sun.management")
        && !option.startsWith("-Dpghoard.program=")
        && !option.startsWith("-Dpghoard.terminal=");
  }

  /**
   * Follows a restore to its end.
   *
   * @throws IOException when its process ended without an outcome
   */
  public void follow(RestoreRun run, RunningProgram process) throws IOException {
    new RestoreFollower(run).follow(process);
  }

  /** Deletes what a process has not: the request, when it never came to read it. */
  public void end(RestoreRun run) throws IOException {
    Path request = run.requestFile();
    if (request != null) {
      Files.deleteIfExists(request);
    }
  }
}
