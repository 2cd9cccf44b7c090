// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.camel.RestoreCommands;
import io.pghoard.camel.Service;
import io.pghoard.config.DaemonSite;
import io.pghoard.config.DaemonStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.daemon.DaemonObjectStore;
import io.pghoard.restore.RestoreCommand;
import io.pghoard.restore.RestoreHost;
import io.pghoard.restore.RestoreParameters;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.restore.RestoreRequest;
import io.pghoard.restore.RestoreRun;
import io.pghoard.state.JsonText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pghoard_restore get-basebackup}: restores a base backup, to be started as a cluster. */
@Command(
    name = "get-basebackup",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Restores a base backup and adds the settings with which the server recovers to the target.",
      "Whatever cannot work is refused before anything is changed."
    })
final class GetBaseBackup implements Callable<Integer> {
  private static final Duration PRESERVED = Duration.ofDays(1);

  @Mixin private final SiteChoice choice = new SiteChoice();
  @Mixin private final DaemonChoice daemon = new DaemonChoice();
  @Mixin private final RestoreWords words = new RestoreWords();

  @Option(
      names = "--pghoard-postgres-command-bin",
      paramLabel = "FILE",
      description =
          "The program that the restored cluster calls to fetch WAL. Default: the"
              + " pghoard_postgres_command beside this one.")
  private @Nullable Path program;

  @Option(
      names = "--no-daemon",
      description =
          "The restored cluster fetches its WAL from the repository itself, as --config says, and"
              + " not from a daemon.")
  private boolean noDaemon;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show progress as lines even on a terminal.")
  private boolean verbose;

  @Option(
      names = "--dry-run",
      description =
          "Show what the restore would do, or refuse it as it would be refused. Nothing is changed.")
  private boolean dryRun;

  @Option(names = "--json", description = "With --dry-run: the plan as JSON.")
  private boolean json;

  @ParentCommand private @Nullable RestoreTool tool;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (json && !dryRun) {
      throw choice.wrong("--json goes with --dry-run");
    }
    DaemonStorage from = daemon.isMade() ? daemon.storage() : null;
    if (noDaemon && from != null) {
      throw choice.wrong("--no-daemon goes with --config, not with a daemon to read from");
    }
    PghoardConfig config =
        from == null ? choice.config() : new DaemonSite(choice.name(), from).config();
    SiteName site = choice.site(config);
    RestoreRequest request;
    String command;
    try {
      request = RestoreParameters.parse(site, words.asWords());
      command = command(config, site, from);
    } catch (IllegalArgumentException e) {
      throw choice.wrong(String.valueOf(e.getMessage()));
    }
    if (from != null) {
      // What is wrong with the address or the password is told at once, and not tried again.
      new DaemonObjectStore(site, from).check();
      Instant until = Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS).plus(PRESERVED);
      request = request.preservedWherePossible(until);
    }
    RestoreProgress progress = new RestoreProgress(Clock.systemUTC());
    RestoreRun run = new RestoreRun("0", request, progress, new RestoreHost(List.of(), command));
    Path directory = from == null ? choice.directory() : DaemonSite.NOWHERE;
    try (Service service = Service.restoreOnly(config, directory)) {
      if (from != null) {
        // With pauses of up to 5 s between them.
        service.property("pghoard.storage.retries", "" + (4 + from.retryFor().toSeconds() / 5));
      }
      service.start();
      if (dryRun) {
        return preview(service, run);
      }
      CompletableFuture<?> restoring =
          service.context().createProducerTemplate().asyncSendBody("direct:restore-run", run);
      show(run, restoring);
    }
    return tell(run, progress.snapshot(), from);
  }

  private int preview(Service service, RestoreRun run) throws IOException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    Exchange planned =
        service
            .context()
            .createProducerTemplate()
            .request("direct:restore-dry-run", exchange -> exchange.getMessage().setBody(run));
    Exception refused = planned.getException();
    if (refused != null) {
      String why = refused.getMessage();
      line.getErr().println("pghoard_restore: " + (why == null ? refused.toString() : why));
      return 1;
    }
    Object plan = planned.getMessage().getBody();
    line.getOut()
        .print(
            json
                ? JsonText.of(plan)
                : new RestorePlanText(new ObjectMapper().valueToTree(plan)).text());
    line.getOut().flush();
    return 0;
  }

  private String command(PghoardConfig config, SiteName site, @Nullable DaemonStorage from) {
    if (noDaemon) {
      Path file = choice.file().toAbsolutePath().normalize();
      return RestoreCommand.ofRepository(RestoreCommands.program(program), file).text(site);
    }
    return from == null
        ? new RestoreCommands(new Sites(config), config::httpPort, program).apply(site)
        : RestoreCommand.from(RestoreCommands.program(program), from.address()).text(site);
  }

  private void show(RestoreRun run, CompletableFuture<?> restoring)
      throws IOException, InterruptedException {
    Path statusFile = tool == null ? null : tool.statusFile();
    RestoreDisplay display =
        RestoreDisplay.of(Objects.requireNonNull(spec).commandLine().getErr(), verbose);
    StatusFile status = new StatusFile(statusFile);
    boolean ended;
    do {
      ended = Waiting.forEnd(restoring);
      RestoreProgress.Snapshot now = run.progress().snapshot();
      display.show(now);
      status.write(now, ended);
    } while (!ended);
    display.end();
  }

  private int tell(RestoreRun run, RestoreProgress.Snapshot end, @Nullable DaemonStorage from) {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    if (end.phase() != RestoreProgress.Phase.DONE) {
      err.println("pghoard_restore: " + (end.error() == null ? end.phase().word() : end.error()));
      return 1;
    }
    out.printf(
        "Restored base backup %s to %s: %s in %d files.%n",
        end.backup(),
        run.request().targetDirectory(),
        ByteSize.text(end.bytesDone()),
        end.filesDone());
    end.notes().forEach(note -> out.println("Note: " + note + "."));
    String daemon = from == null ? "of this host" : "at " + from.address();
    out.printf(
        "Start it with: pg_ctl -D %s start (on Debian: pg_ctlcluster). It fetches WAL from %s.%n",
        run.request().targetDirectory(),
        noDaemon
            ? "the repository itself"
            : "the pghoard daemon " + daemon + ", which must run until recovery has ended");
    out.flush();
    return 0;
  }
}
