// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import io.pghoard.repository.BaseBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One restore from its request to its outcome. */
public final class RestoreRun {
  private final String id;
  private final RestoreRequest request;
  private final RestoreProgress progress;
  private final RestoreHost host;
  private final Map<String, ?> words;
  private volatile @Nullable Path requestFile;
  private @Nullable RecoveryPlan recovery;
  private @Nullable RestorePlan plan;
  private @Nullable RestoreWriter writer;

  /**
   * A restore that has not begun.
   *
   * @param id names it among the others
   */
  public RestoreRun(String id, RestoreRequest request, RestoreProgress progress, RestoreHost host) {
    this(id, request, progress, host, Map.of());
  }

  /** The same, of a request whose words another process is going to read. */
  RestoreRun(
      String id,
      RestoreRequest request,
      RestoreProgress progress,
      RestoreHost host,
      Map<String, ?> words) {
    this.id = id;
    this.request = request;
    this.progress = progress;
    this.host = host;
    this.words = words;
  }

  public String id() {
    return id;
  }

  public RestoreRequest request() {
    return request;
  }

  public RestoreProgress progress() {
    return progress;
  }

  public SiteName site() {
    return request.site();
  }

  RestoreHost host() {
    return host;
  }

  /** Whether it is to be planned only. */
  public boolean dryRun() {
    return RestoreParameters.isDryRun(words);
  }

  /** As {@link RestoreParameters} reads them. */
  Map<String, ?> words() {
    return words;
  }

  /** Remembers where the request waits for the process that restores. */
  Path requestFile(Path file) {
    requestFile = file;
    return file;
  }

  @Nullable Path requestFile() {
    return requestFile;
  }

  void chose(RecoveryPlan chosen) {
    recovery = chosen;
  }

  RecoveryPlan recovery() {
    if (recovery == null) {
      throw new IllegalStateException("restore " + id + " has chosen no base backup yet");
    }
    return recovery;
  }

  BaseBackup backup() {
    return recovery().backup();
  }

  void planned(RestorePlan made, TargetRule rule) {
    plan = made;
    writer = new RestoreWriter(made, progress, rule);
  }

  RestorePlan plan() {
    if (plan == null) {
      throw new IllegalStateException("restore " + id + " has no plan yet");
    }
    return plan;
  }

  RestoreWriter writer() {
    if (writer == null) {
      throw new IllegalStateException("restore " + id + " has no plan yet");
    }
    return writer;
  }

  /** Lets others restore to the target. */
  void release() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }

  /** What it is, for people. */
  public String title() {
    return "restore " + id + " to " + request.targetDirectory();
  }

  @Override
  public String toString() {
    RestoreProgress.Snapshot now = progress.snapshot();
    Instant end = now.endTime();
    return "restore %s of base backup %s to %s: %s, %d bytes in %d files%s%s"
        .formatted(
            id,
            now.backup(),
            request.targetDirectory(),
            now.phase().word(),
            now.bytesDone(),
            now.filesDone(),
            end == null
                ? ""
                : " in %d s".formatted(Duration.between(now.startTime(), end).toSeconds()),
            now.error() == null ? "" : ": " + now.error());
  }
}
