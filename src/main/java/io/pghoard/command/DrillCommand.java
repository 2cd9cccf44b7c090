// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.camel.RestoreCommands;
import io.pghoard.camel.Service;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.drill.DrillQueries;
import io.pghoard.drill.DrillReport;
import io.pghoard.drill.DrillReports;
import io.pghoard.drill.DrillServer;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.restore.RestoreCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pghoard drill}: restores a site to a scratch directory, starts it and asks it. */
@Command(
    name = "drill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Version.class,
    description = {
      "Restores a site to a scratch directory as pghoard_restore does, starts the server alone, lets"
          + " it recover, checks it, and deletes it again.",
      "The report is kept in the repository, below SITE/drill. Run it as the daemon's user."
    },
    footer = "Exit status: 0 if the restore has been proven, 1 if not, 2 for a wrong command line.")
final class DrillCommand implements Callable<Integer> {
  private final Clock clock = Clock.systemUTC();

  @Mixin private final SiteChoice choice = new SiteChoice();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      required = true,
      description =
          "Where there is room for the cluster; DIR/pghoard_drill is written and deleted.")
  private @Nullable Path directory;

  @Option(
      names = "--random",
      description =
          "Restore to a random moment that can be recovered. Default: to the newest commit.")
  private boolean random;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description =
          "Queries that must each give true, each with a semicolon at the end of its last line.")
  private @Nullable Path queries;

  @Option(
      names = "--database",
      paramLabel = "NAME",
      defaultValue = "postgres",
      description = "The database of the queries. Default: ${DEFAULT-VALUE}.")
  private String database = "postgres";

  @Option(
      names = "--username",
      paramLabel = "NAME",
      defaultValue = "postgres",
      description = "The superuser of the cluster. Default: ${DEFAULT-VALUE}.")
  private String username = "postgres";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "14400",
      description = "After how long the drill fails. Default: ${DEFAULT-VALUE}.")
  private int timeout = 14_400;

  @Option(
      names = "--no-daemon",
      description = "Recover from the repository itself; no daemon needs to run.")
  private boolean noDaemon;

  @Option(
      names = "--pghoard-postgres-command-bin",
      paramLabel = "FILE",
      description =
          "The program that the restored cluster calls to fetch WAL. Default: the"
              + " pghoard_postgres_command beside this one.")
  private @Nullable Path program;

  @Option(names = "--json", description = "Writes the report as one JSON object.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    System.setProperty("pghoard.logLevel", "ERROR");
    if (timeout < 1) {
      throw choice.wrong("--timeout must be at least 1");
    }
    List<String> asked =
        queries == null
            ? List.of()
            : DrillQueries.of(new String(Files.readAllBytes(queries), StandardCharsets.UTF_8));
    PghoardConfig config = choice.config();
    SiteName name = choice.site(config);
    SiteConfig site = new Sites(config).get(name);
    DrillReport report = new DrillReport(clock.instant());
    report.fact("site", name.text());
    report.fact("host", host());
    report.fact("pghoard_version", new Version().getVersion()[0]);
    try (Service service = Service.restoreOnly(config, choice.directory())) {
      service.start();
      DrillPlan plan =
          new DrillPlan(
              site,
              Objects.requireNonNull(directory).toAbsolutePath(),
              random,
              restoreCommand(config, name),
              new DrillServer.Login(username, database),
              asked);
      new DrillRun(service, plan, report, clock, Duration.ofSeconds(timeout)).run();
      tell(report);
      ObjectKey kept = keep(service, site, report);
      if (!json) {
        out().println("kept as " + kept);
      }
      out().flush();
      return report.passed() ? 0 : 1;
    }
  }

  private String restoreCommand(PghoardConfig config, SiteName site) {
    return noDaemon
        ? RestoreCommand.ofRepository(
                RestoreCommands.program(program), choice.file().toAbsolutePath().normalize())
            .text(site)
        : new RestoreCommands(new Sites(config), config::httpPort, program).apply(site);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  private static ObjectKey keep(Service service, SiteConfig site, DrillReport report)
      throws IOException {
    Repositories repositories = service.bean("repositories", Repositories.class);
    return new DrillReports(repositories.of(site.name()), new SiteKeys(site.prefix()))
        .put(report, text(report).getBytes(StandardCharsets.UTF_8));
  }

  private static String text(DrillReport report) throws IOException {
    return new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValueAsString(report.describe());
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private void tell(DrillReport report) throws IOException {
    if (json) {
      out().println(text(report));
    } else {
      out().print(new String(report.page(), StandardCharsets.UTF_8));
    }
    out().flush();
  }
}
