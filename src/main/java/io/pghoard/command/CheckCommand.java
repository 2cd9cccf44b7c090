// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.backup.LinkCheck;
import io.pghoard.camel.Service;
import io.pghoard.camel.reload.RouteCopy;
import io.pghoard.camel.reload.RouteRefusedException;
import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.ConfigException;
import io.pghoard.config.HostCheck;
import io.pghoard.config.LocalStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import io.pghoard.config.SecretFiles;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.drill.DrillReports;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ClusterCheck;
import io.pghoard.repository.KnownRepositories;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoreCheck;
import io.pghoard.repository.StoredCluster;
import io.pghoard.restore.RestorabilityCheck;
import io.pghoard.server.ServerCheck;
import java.io.IOException;
import java.nio.file.DirectoryStream;
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

/** {@code pghoard check}: proves sites end to end, and says for each failure what to do. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Checks a site end to end: this machine, the store, PostgreSQL and what is stored.",
      "Each check is a line: ok, warning, unknown or FAILED, and what to do about it.",
      "Without --site, all sites are checked."
    },
    footer = "Exit status: 0 if nothing failed, 1 if something did, 2 for a wrong command line.")
final class CheckCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Clock clock = Clock.systemUTC();

  @Mixin private final SiteChoice choice = new SiteChoice();

  @Option(names = "--json", description = "Writes one JSON object in place of lines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    System.setProperty("pghoard.logLevel", "ERROR");
    CheckReport report = new CheckReport(Objects.requireNonNull(spec).commandLine().getOut(), json);
    Checks file = new Checks("pghoard.json", finding -> report.add(null, finding));
    PghoardConfig config;
    try {
      config = choice.config();
    } catch (ConfigException e) {
      e.problems()
          .forEach(
              problem ->
                  file.check(
                      problem.path(),
                      "",
                      () ->
                          Answer.failed(
                              problem.line() == 0
                                  ? problem.cause()
                                  : "line %d: %s".formatted(problem.line(), problem.cause()),
                              problem.remedy())));
      return report.end();
    }
    List<SiteConfig> sites = choice.sites(config);
    file.check("file", "", () -> Answer.ok("it can be used; sites: " + names(sites)));
    file.check("rights", "see that its disk works", () -> rights(config));
    Path directory = Files.createTempDirectory("pghoard-check");
    try {
      boolean daemonsUser =
          new HostCheck(config, sites, Files.getOwner(directory)).run(file.of("machine"));
      check(config, sites, report, new Circumstances(directory, daemonsUser));
    } finally {
      delete(directory);
    }
    return report.end();
  }

  private Answer rights(PghoardConfig config) throws IOException {
    List<Path> open = new SecretFiles(choice.file(), config).readByAll();
    return open.isEmpty()
        ? Answer.ok("what holds secrets is not read by everybody")
        : Answer.warning("everybody on this machine may read %s".formatted(open), "chmod o-r them");
  }

  private static String names(List<SiteConfig> sites) {
    return String.join(", ", sites.stream().map(site -> site.name().text()).toList());
  }

  /**
   * What the checks of all sites share.
   *
   * @param directory for passwords
   * @param daemonsUser whether what is written here belongs to the daemon's user
   */
  private record Circumstances(Path directory, boolean daemonsUser) {}

  private void check(
      PghoardConfig config, List<SiteConfig> sites, CheckReport report, Circumstances here)
      throws Exception {
    try (Service service = Service.check(config, choice.file())) {
      // What fails in passing fails here, so that it is seen; and is told as a finding alone.
      service
          .property("pghoard.storage.retries", "0")
          .property("pghoard.storage.retry-log-level", "OFF");
      Checks files = new Checks("pghoard.json", finding -> report.add(null, finding));
      try {
        service.start();
      } catch (Exception e) {
        if (service.routeProblems().isEmpty()) {
          files.check("routes", "", () -> Answer.failed(Failure.describe(e), "correct the file"));
        } else {
          routes(service.routeProblems(), files);
        }
        return;
      }
      routes(service.routeProblems(), files);
      if (service.routeProblems().isEmpty()) {
        oldCopies(config, files);
      }
      Repositories repositories = service.bean("repositories", Repositories.class);
      for (SiteConfig site : sites) {
        check(config, site, repositories.of(site.name()), report, here);
      }
    }
  }

  private void check(
      PghoardConfig config,
      SiteConfig site,
      ObjectStore store,
      CheckReport report,
      Circumstances here)
      throws IOException {
    SiteName name = site.name();
    Checks checks = new Checks("store", finding -> report.add(name, finding));
    if (isToBeTried(config, site, checks, here)) {
      new StoreCheck(store, new SiteKeys(site.prefix()), clock).run(checks);
    }
    BaseBackup newest = new RestorabilityCheck(site, store, clock).run(checks.of("archive"));
    if (newest != null) {
      DrillReports drills = new DrillReports(store, new SiteKeys(site.prefix()));
      checks.of("archive").check("drill", "", () -> drills.check(clock.instant()));
    }
    StoredCluster cluster = new ClusterCheck(site, store).run(checks.of("archive"));
    if (site.active()) {
      new LinkCheck(site, newest).run(checks.of("postgres"));
      new ServerCheck(site, cluster, store, clock).run(checks.of("postgres"), here.directory());
      new DaemonCheck(config, name, PATIENCE)
          .run(checks.of("daemon"), newest != null || hasRunHere(config));
    }
  }

  /** A warning for each route file that was made from a shipped one which has changed since. */
  private static void oldCopies(PghoardConfig config, Checks checks) throws IOException {
    RouteCopy copies = RouteCopy.of(config);
    for (String name : copies.names()) {
      if (copies.isOutdated(name)) {
        String change = copies.change(name);
        checks.check(
            "routes",
            "",
            () ->
                Answer.warning(
                    "%s was made from a shipped file that has changed since: %s"
                        .formatted(name, change),
                    "compare them: pghoard routes diff %s; then copy it anew and repeat your change"
                        .formatted(name)));
      }
    }
  }

  /** One finding a broken route file. */
  private static void routes(List<Problem> problems, Checks checks) {
    if (problems.isEmpty()) {
      checks.check("routes", "", () -> Answer.ok("all route files can be loaded"));
    }
    for (Problem problem : problems) {
      checks.check(
          "routes", "", () -> Answer.failed(RouteRefusedException.what(problem), problem.remedy()));
    }
  }

  /** Whether a daemon has left its traces, this one or the Python pghoard. */
  private static boolean hasRunHere(PghoardConfig config) {
    return Files.exists(config.stateFile())
        || Files.exists(config.backupLocation().resolve(".pghoard.lock"));
  }

  /** Whether a local repository is the daemon's own, in which nobody else may write. */
  private static boolean isToBeTried(
      PghoardConfig config, SiteConfig site, Checks checks, Circumstances here) {
    if (!(site.storage() instanceof LocalStorage local)) {
      return true;
    }
    boolean ours =
        checks.check(
            "repository",
            "see who may read it",
            () -> new KnownRepositories(config.backupLocation()).check(local.directory()));
    if (!here.daemonsUser()) {
      checks.unknown("put", "the daemon could not read files that this user creates there");
    } else if (!ours) {
      checks.unknown("put", "nothing is written into another repository");
    }
    return ours && here.daemonsUser();
  }

  private static void delete(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
