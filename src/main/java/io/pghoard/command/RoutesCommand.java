// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.camel.Service;
import io.pghoard.camel.reload.RouteCopy;
import io.pghoard.camel.reload.RouteRefusedException;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code pghoard routes}: the shipped route files and an operator's own. */
@Command(
    name = "routes",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Shows, compares, copies and tries route files.",
    footer = "Exit status: 0 after success, 1 after a failure, 2 for a wrong command line.")
final class RoutesCommand implements Runnable {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:PGHOARD_CONFIG}",
      description =
          "The configuration, pghoard.json. Default: the environment variable PGHOARD_CONFIG.")
  private @Nullable Path file;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw wrong("name a command: list, show, diff, copy, check");
  }

  @Command(name = "list", description = "Lists all route files, and whose each is.")
  int list() throws IOException {
    RouteCopy routes = RouteCopy.of(config());
    for (String name : routes.names()) {
      out().println(String.format(Locale.ROOT, "%-44s %s", name, state(routes, name)));
    }
    out().flush();
    return 0;
  }

  private static String state(RouteCopy routes, String name) throws IOException {
    if (routes.own(name) == null) {
      return "shipped";
    }
    if (routes.shipped(name) == null) {
      return "your own";
    }
    return routes.isOutdated(name)
        ? "your own, made from an older shipped one"
        : "your own, in place of the shipped one";
  }

  @Command(name = "show", description = "Prints the text of a route file that is used.")
  int show(@Parameters(paramLabel = "NAME", description = "wal-archive, for example.") String name)
      throws IOException {
    RouteCopy routes = RouteCopy.of(config());
    String own = routes.own(RouteCopy.fileName(name));
    String text = own == null ? routes.shipped(RouteCopy.fileName(name)) : own;
    if (text == null) {
      throw wrong("there is no route file %s; see pghoard routes list".formatted(name));
    }
    out().print(text);
    out().flush();
    return 0;
  }

  @Command(
      name = "diff",
      description =
          "Prints what your file of a name has changed in the shipped one, and what has changed in that since.")
  int diff(@Parameters(paramLabel = "NAME", description = "wal-archive, for example.") String name)
      throws IOException {
    RouteCopy routes = RouteCopy.of(config());
    String file = RouteCopy.fileName(name);
    if (routes.own(file) == null || routes.shipped(file) == null) {
      throw wrong("%s is not a file of yours in place of a shipped one".formatted(file));
    }
    out().print(routes.difference(file));
    if (routes.isOutdated(file)) {
      out().println("The shipped file has changed since yours was made from it:");
      out().print(routes.change(file));
    }
    out().flush();
    return 0;
  }

  @Command(
      name = "copy",
      description = "Writes the shipped file of a name into routes_directory, for you to change.")
  int copy(@Parameters(paramLabel = "NAME", description = "wal-archive, for example.") String name)
      throws Exception {
    String version = new Version().getVersion()[0].replaceFirst("^pghoard ", "");
    out().println(RouteCopy.of(config()).copy(RouteCopy.fileName(name), version));
    out().flush();
    return 0;
  }

  @Command(name = "check", description = "Tries all route files, as a daemon does.")
  int check() throws Exception {
    System.setProperty("pghoard.logLevel", "ERROR");
    try (Service service = Service.check(config(), Objects.requireNonNull(file))) {
      try {
        service.start();
      } catch (Exception e) {
        if (service.routeProblems().isEmpty()) {
          throw e;
        }
      }
      for (Problem problem : service.routeProblems()) {
        out().println(RouteRefusedException.line(problem));
      }
      out().flush();
      return service.routeProblems().isEmpty() ? 0 : 1;
    }
  }

  private PghoardConfig config() throws IOException {
    if (file == null) {
      throw wrong("name the configuration: --config /etc/pghoard/pghoard.json");
    }
    return ConfigFile.read(file);
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }
}
