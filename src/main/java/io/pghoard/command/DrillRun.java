// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.camel.Service;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.drill.DrillFailedException;
import io.pghoard.drill.DrillReport;
import io.pghoard.drill.DrillScratch;
import io.pghoard.drill.DrillServer;
import io.pghoard.drill.ScratchCluster;
import io.pghoard.postgres.PostgresText;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.Repositories;
import io.pghoard.restore.RecoveryWindow;
import io.pghoard.restore.RecoveryWindows;
import io.pghoard.restore.RestoreHost;
import io.pghoard.restore.RestoreParameters;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.restore.RestoreProgress.Phase;
import io.pghoard.restore.RestoreRun;
import io.pghoard.server.ProgramSearch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One drill, from the choice of its target to a report that says whether it passed. */
final class DrillRun {
  private final Service service;
  private final DrillPlan plan;
  private final DrillReport report;
  private final Clock clock;
  private final long end;

  DrillRun(Service service, DrillPlan plan, DrillReport report, Clock clock, Duration limit) {
    this.service = service;
    this.plan = plan;
    this.report = report;
    this.clock = clock;
    this.end = System.nanoTime() + limit.toNanos();
  }

  /** Runs it; the report holds the outcome. */
  void run() throws InterruptedException {
    try (DrillScratch scratch = DrillScratch.in(plan.directory())) {
      prove(scratch);
    } catch (IOException | RuntimeException e) {
      report.failed(Failure.describe(e));
    }
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
  }

  private void prove(DrillScratch scratch) throws IOException, InterruptedException {
    SiteName site = plan.site().name();
    Repositories repositories = service.bean("repositories", Repositories.class);
    List<RecoveryWindow> windows =
        new RecoveryWindows(service.bean("sites", Sites.class), repositories).of(site).windows();
    if (windows.isEmpty()) {
      throw new DrillFailedException("site %s has no base backup".formatted(site));
    }
    Instant target = plan.random() ? random(windows) : null;
    report.fact("recovery_target", target == null ? "the newest commit" : target.toString());
    requireServer(windows.get(windows.size() - 1).backup());
    String restored = restore(scratch, target);
    RecoveryWindow window =
        windows.stream()
            .filter(each -> each.backup().name().equals(restored))
            .findFirst()
            .orElseThrow(() -> new DrillFailedException("there is no base backup " + restored));
    BaseBackup backup = window.backup();
    report.fact("basebackup", backup.name());
    report.fact("main_object", backup.key().text());
    report.fact("main_object_sha256", hash(repositories, backup));
    int major = Integer.parseInt(PostgresText.read(scratch.data().resolve("PG_VERSION")).strip());
    Path postgres = ProgramSearch.server(plan.site(), major);
    long begin = System.nanoTime();
    try (DrillServer server = DrillServer.start(scratch, postgres, left())) {
      report.took("seconds_to_recover", Duration.ofNanos(System.nanoTime() - begin));
      ScratchCluster cluster = new ScratchCluster(server, plan.login(), report, this::left);
      report.fact("postgresql_version", server.ask(plan.login(), "SHOW server_version", left()));
      boolean known = target == null && window.lastCommit().exact();
      Instant reached = cluster.requireReached(known ? window.lastCommit().time() : null);
      if (target == null && reached != null) {
        report.took("age_of_newest_commit_seconds", Duration.between(reached, report.begin()));
      }
      cluster.check();
      cluster.require(plan.queries());
    }
  }

  /** Before anything is written. */
  private void requireServer(BaseBackup newest) throws IOException {
    String version = newest.object().metadata().get("pg-version");
    if (version != null && version.matches("[1-9][0-9]{5}")) {
      ProgramSearch.server(plan.site(), Integer.parseInt(version) / 10_000);
    }
  }

  private static Instant random(List<RecoveryWindow> windows) throws DrillFailedException {
    List<RecoveryWindow> usable =
        windows.stream()
            .filter(each -> each.restorable() && each.until() != null && each.lastCommit().exact())
            .toList();
    if (usable.isEmpty()) {
      throw new DrillFailedException(
          "there is no moment to choose from: no base backup is followed by WAL whose commit times are known");
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    RecoveryWindow window = usable.get(random.nextInt(usable.size()));
    Instant until = window.until();
    long span = until == null ? 0 : ChronoUnit.MICROS.between(window.from(), until);
    return window
        .from()
        .plus(span < 1 ? 0 : 1 + random.nextLong(span), ChronoUnit.MICROS)
        .truncatedTo(ChronoUnit.MICROS);
  }

  /** By the route of every restore; the name of the base backup. */
  private String restore(DrillScratch scratch, @Nullable Instant target)
      throws IOException, InterruptedException {
    Map<String, @Nullable Object> words = new HashMap<>();
    words.put("target_dir", scratch.data().toString());
    words.put("tablespace_base_dir", scratch.tablespaces().toString());
    words.put("restore_to_primary", true);
    words.put("archive_mode", "off");
    if (target != null) {
      words.put("recovery_target_time", target.toString());
      words.put("recovery_target_action", "promote");
    }
    RestoreProgress progress = new RestoreProgress(clock);
    Instant until = clock.instant().plus(left()).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    RestoreRun run =
        new RestoreRun(
            "drill",
            RestoreParameters.parse(plan.site().name(), words).preservedWherePossible(until),
            progress,
            new RestoreHost(List.of(), plan.restoreCommand()));
    long begin = System.nanoTime();
    CompletableFuture<?> restoring =
        service.context().createProducerTemplate().asyncSendBody("direct:restore-run", run);
    boolean late = false;
    while (!Waiting.forEnd(restoring)) {
      if (!late && System.nanoTime() - end >= 0) {
        late = true;
        progress.cancel();
      }
    }
    RestoreProgress.Snapshot done = progress.snapshot();
    if (late) {
      throw new DrillFailedException("the restore took longer than the drill's timeout");
    }
    if (done.phase() != Phase.DONE) {
      throw new DrillFailedException("the restore failed: " + done.error());
    }
    report.took("seconds_to_restore", Duration.ofNanos(System.nanoTime() - begin));
    report.fact("bytes_restored", done.bytesDone());
    report.fact("files_restored", done.filesDone());
    done.notes().forEach(report::note);
    return String.valueOf(done.backup());
  }

  private String hash(Repositories repositories, BaseBackup backup) throws IOException {
    MessageDigest digest = CheckedContent.sha256();
    try (ObjectContent main = repositories.of(plan.site().name()).get(backup.key())) {
      new DigestInputStream(main.stream(), digest).transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
