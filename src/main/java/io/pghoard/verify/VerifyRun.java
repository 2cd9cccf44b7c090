// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import io.pghoard.config.SiteName;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.restore.RestoreProgress.Phase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One verification from its request to its outcome. */
public final class VerifyRun {
  /** What is damaged is damaged by one object; a hundred say where to look. */
  private static final int MOST_FINDINGS = 1000;

  private final String id;
  private final VerifyRequest request;
  private final RestoreProgress progress;
  private final List<String> backups = new ArrayList<>();
  private final List<VerifyFinding> findings = new ArrayList<>();
  private long found;

  public VerifyRun(String id, VerifyRequest request, Clock clock) {
    this.id = id;
    this.request = request;
    this.progress = new RestoreProgress(clock);
  }

  public String id() {
    return id;
  }

  public VerifyRequest request() {
    return request;
  }

  public SiteName site() {
    return request.site();
  }

  /** How far it is, in the words of a restore: what is written there is read here. */
  public RestoreProgress progress() {
    return progress;
  }

  synchronized void reads(List<String> names) {
    backups.addAll(names);
  }

  synchronized void found(VerifyFinding finding) {
    found++;
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }

  synchronized long found() {
    return found;
  }

  public synchronized List<VerifyFinding> findings() {
    return List.copyOf(findings);
  }

  public boolean ended() {
    return progress.snapshot().phase().ended();
  }

  /** Whether everything was read and nothing is wrong. */
  public boolean whole() {
    return progress.snapshot().phase() == Phase.DONE && found() == 0;
  }

  /** For machines: the answer over HTTP, and what the command writes. */
  public synchronized Map<String, @Nullable Object> describe() {
    RestoreProgress.Snapshot now = progress.snapshot();
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("id", id);
    answer.put("site", site().text());
    answer.put("basebackups", List.copyOf(backups));
    answer.put("wal", request.wal());
    answer.put("phase", now.phase() == Phase.WRITING ? "reading" : now.phase().word());
    answer.put("ended", now.phase().ended());
    answer.put("whole", now.phase().ended() ? whole() : null);
    answer.put("percent", Math.round(now.percent() * 10) / 10.0);
    answer.put("bytes_done", now.bytesDone());
    answer.put("bytes_total", now.bytesTotal());
    answer.put("objects_done", now.filesDone());
    answer.put("objects_total", now.filesTotal());
    answer.put("start_time", now.startTime().toString());
    answer.put("end_time", now.endTime() == null ? null : String.valueOf(now.endTime()));
    answer.put("found", found);
    answer.put("findings", findings.stream().map(VerifyRun::describe).toList());
    answer.put("notes", now.notes());
    answer.put("error", now.error());
    return answer;
  }

  private static Map<String, Object> describe(VerifyFinding finding) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("kind", finding.kind().word());
    answer.put("about", finding.about());
    answer.put("text", finding.text());
    answer.put("marked", finding.marked());
    return answer;
  }

  /** The outcome in one line. */
  @Override
  public synchronized String toString() {
    RestoreProgress.Snapshot now = progress.snapshot();
    String what = "verification %s of %s".formatted(id, String.join(", ", backups));
    String read = "%d objects, %d bytes, read".formatted(now.filesDone(), now.bytesDone());
    if (now.error() != null) {
      return "%s failed: %s".formatted(what, now.error());
    }
    return found == 0
        ? "%s: whole; %s".formatted(what, read)
        : "%s: %d faults; %s; the first is %s".formatted(what, found, read, findings.get(0));
  }
}
