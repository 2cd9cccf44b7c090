// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.repository.WalGap;
import io.pghoard.restore.RecoveryWindow;
import io.pghoard.restore.RecoveryWindows.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be recovered of a site, in the words that {@code docs/http-api.md} documents. */
record RecoveryFacts(Report report) {
  List<Map<String, Object>> windows() {
    return report.windows().stream().map(this::window).toList();
  }

  List<Map<String, Object>> gaps() {
    return report.gaps().stream().map(this::gap).toList();
  }

  /** The timelines, the oldest first, each with the one that it comes from. */
  List<Map<String, @Nullable Object>> timelines() {
    TimelineTree tree = report.tree();
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (int timeline : tree.timelines()) {
      TimelineHistory way = tree.way(timeline);
      TimelineHistory.Switch left =
          way == null || way.switches().isEmpty()
              ? null
              : way.switches().get(way.switches().size() - 1);
      WalSegmentName newest = tree.wal().newest(timeline);
      Map<String, @Nullable Object> told = new LinkedHashMap<>();
      told.put("timeline", Integer.toUnsignedLong(timeline));
      told.put("parent", left == null ? null : Integer.toUnsignedLong(left.timeline()));
      told.put("begin_lsn", left == null ? null : left.switchPoint().toString());
      told.put("reason", left == null ? null : left.reason());
      told.put("newest_segment", newest == null ? null : newest.toString());
      told.put("history_missing", way == null);
      told.put("history_error", tree.unreadable().get(timeline));
      all.add(0, told);
    }
    return all;
  }

  private Map<String, Object> window(RecoveryWindow window) {
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
    told.put("gap", gap == null ? null : gap(gap));
    return told;
  }

  private Map<String, Object> gap(WalGap gap) {
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
