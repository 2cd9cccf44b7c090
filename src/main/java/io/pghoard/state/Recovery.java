// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.config.SiteName;
import io.pghoard.repository.WalGap;
import io.pghoard.restore.RecoveryWindow;
import io.pghoard.restore.RecoveryWindows;
import io.pghoard.restore.RecoveryWindows.Report;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of a site can be recovered, as {@code GET /SITE/recovery} tells it; and what mends it. */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final RecoveryWindows windows;
  private final BaseBackupSchedule schedule;
  private final Map<SiteName, String> suspected = new ConcurrentHashMap<>();
  private final Map<SiteName, String> asked = new ConcurrentHashMap<>();

  public Recovery(RecoveryWindows windows, BaseBackupSchedule schedule) {
    this.windows = windows;
    this.schedule = schedule;
  }

  /** {@code {"windows": [...], "gaps": [...]}}. */
  public Map<String, Object> of(SiteName site) throws IOException {
    Report report = windows.of(site);
    List<Map<String, Object>> gaps = report.gaps().stream().map(gap -> gap(gap, report)).toList();
    return Map.of(
        "windows",
        report.windows().stream().map(each -> window(each, report)).toList(),
        "gaps",
        gaps);
  }

  /**
   * What is broken of the way from the newest base backup to the newest WAL, and was so when it was
   * last asked; or null. Segments are stored side by side: what is missing once is on its way.
   */
  public @Nullable String broken(SiteName site) throws IOException {
    String broken = windows.broken(site);
    if (broken == null) {
      suspected.remove(site);
      asked.remove(site);
      return null;
    }
    return broken.equals(suspected.put(site, broken)) ? broken : null;
  }

  /** Asks for a base backup behind what is broken, once. */
  public void mend(SiteName site, String broken) throws IOException {
    if (!broken.equals(asked.get(site))) {
      schedule.request(site);
      asked.put(site, broken);
      LOG.warn("Site {}: a base backup is requested: {}", site, broken);
    }
  }

  private static Map<String, Object> window(RecoveryWindow window, Report report) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("basebackup", window.backup().name());
    told.put("restorable", window.restorable());
    told.put("timeline", Integer.toUnsignedLong(window.timeline()));
    told.put("from", window.from().toString());
    told.put("first_segment", window.backup().startSegment().toString());
    Instant until = window.until();
    told.put("until", until == null ? null : until.toString());
    Instant commit = window.lastCommit().exact() ? window.lastCommit().time() : null;
    told.put("last_commit", commit == null ? null : commit.toString());
    told.put("until_is_estimated", until != null && !window.lastCommit().exact());
    told.put("last_segment", window.last() == null ? null : window.last().toString());
    WalGap gap = window.gap();
    told.put("gap", gap == null ? null : gap(gap, report));
    return told;
  }

  private static Map<String, Object> gap(WalGap gap, Report report) {
    long first = gap.firstMissing().number(report.wal().segmentSize());
    long next = gap.nextPresent().number(report.wal().segmentSize());
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("first_missing", gap.firstMissing().toString());
    told.put("next_present", gap.nextPresent().toString());
    told.put("segments", next - first);
    told.put("damaged", gap.damaged());
    told.put("history_break", gap.kind() == WalGap.Kind.HISTORY_BREAK);
    return told;
  }
}
