// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.camel.Service;
import io.pghoard.restore.RestoreMessages;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.restore.RestoreRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pghoard_restore run-request}: a restore that the daemon was asked for over HTTP. */
@Command(
    name = "run-request",
    hidden = true,
    description =
        "Runs a restore that the daemon has requested, and reports its progress in JSON lines.")
final class RunRequest implements Callable<Integer> {
  @Mixin private final SiteChoice choice = new SiteChoice();

  @Parameters(paramLabel = "FILE", description = "The request file, which is deleted.")
  private @Nullable Path file;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    RestoreRun run = RestoreMessages.takeRequest(Objects.requireNonNull(file), Clock.systemUTC());
    try (Service service = Service.restoreOnly(choice.config(), choice.directory())) {
      service.start();
      CompletableFuture<?> restoring =
          service.context().createProducerTemplate().asyncSendBody("direct:restore-run", run);
      boolean ended;
      do {
        ended = Waiting.forEnd(restoring);
        out.println(RestoreMessages.line(run.progress().snapshot()));
        out.flush();
      } while (!ended);
    }
    return run.progress().snapshot().phase() == RestoreProgress.Phase.DONE ? 0 : 1;
  }
}
