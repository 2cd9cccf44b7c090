// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.camel.Service;
import io.pghoard.config.LocalStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.ThisUser;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.verify.Verifier;
import io.pghoard.verify.VerifyRequest;
import io.pghoard.verify.VerifyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pghoard verify}: reads back what is stored, and says whether it is whole. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Reads back a base backup: every object by its hash, every file against the backup manifest.",
      "What is damaged is marked in the repository, as the scrub of the daemon does."
    },
    footer =
        "Exit status: 0 if everything is whole, 1 if something is not or could not be read, 2 for a"
            + " wrong command line.")
final class VerifyCommand implements Callable<Integer> {
  @Mixin private final SiteChoice choice = new SiteChoice();

  @Option(
      names = "--basebackup",
      paramLabel = "NAME",
      description = "The base backup. Default: the newest one.")
  private @Nullable String backup;

  @Option(names = "--all", description = "Reads all base backups of the site.")
  private boolean all;

  @Option(
      names = "--wal",
      description = "Reads the WAL too, from the start of the base backup to the newest segment.")
  private boolean wal;

  @Option(names = "--json", description = "Writes one JSON object in place of lines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    System.setProperty("pghoard.logLevel", "ERROR");
    if (all && backup != null) {
      throw choice.wrong("--basebackup and --all exclude each other");
    }
    PghoardConfig config = choice.config();
    SiteName name = choice.site(config);
    boolean marks = mayMark(new Sites(config).get(name));
    VerifyRequest request =
        new VerifyRequest(name, backup == null ? VerifyRequest.LATEST : backup, all, wal, marks);
    VerifyRun run = new VerifyRun("0", request, Clock.systemUTC());
    if (!marks) {
      run.progress()
          .note(
              "the repository belongs to another user, so nothing is marked as damaged; run this as"
                  + " the daemon's user to have it marked");
    }
    try (Service service = Service.restoreOnly(config, choice.directory())) {
      service.start();
      Verifier verifier = service.bean("verifier", Verifier.class);
      show(run, CompletableFuture.runAsync(() -> verifier.run(run)));
    }
    return tell(run);
  }

  /** Whether the daemon could read what this user writes. */
  private static boolean mayMark(SiteConfig site) throws IOException {
    return !(site.storage() instanceof LocalStorage local)
        || !Files.exists(local.directory())
        || ThisUser.uid(local.directory().toRealPath()) == ThisUser.uid();
  }

  private void show(VerifyRun run, CompletableFuture<?> reading) throws InterruptedException {
    RestoreDisplay display =
        RestoreDisplay.of(Objects.requireNonNull(spec).commandLine().getErr(), false);
    boolean ended;
    do {
      ended = Waiting.forEnd(reading);
      display.show(run.progress().snapshot());
    } while (!ended);
    display.end();
  }

  private int tell(VerifyRun run) throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    RestoreProgress.Snapshot end = run.progress().snapshot();
    if (json) {
      out.println(
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(run.describe()));
    } else {
      run.findings().forEach(out::println);
      end.notes().forEach(note -> out.println("note: " + note));
      if (end.error() != null) {
        spec.commandLine().getErr().println("pghoard: " + end.error());
      } else {
        out.printf(
            "%s: %s; %d objects, %s, read%n",
            end.backup(),
            run.whole() ? "whole" : run.findings().size() + " faults",
            end.filesDone(),
            ByteSize.text(end.bytesDone()));
      }
    }
    out.flush();
    return run.whole() ? 0 : 1;
  }
}
