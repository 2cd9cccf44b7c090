// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.recovery.LastCommit;
import io.pghoard.repository.BaseBackup;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import io.pghoard.restore.RecoveryTarget.Immediate;
import io.pghoard.restore.RecoveryTarget.Latest;
import io.pghoard.restore.RecoveryTarget.Name;
import io.pghoard.restore.RecoveryTarget.Time;
import io.pghoard.restore.RecoveryTarget.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a planned restore would do, in the words that {@code docs/http-api.md} documents. */
record RestorePreview(RestoreRun run) {
  Map<String, @Nullable Object> facts() throws IOException {
    RestorePlan plan = run.plan();
    BaseBackup backup = plan.backup();
    RecoveryOptions recovery = plan.request().recovery();
    DiskSpace space = RestorePlanner.space(plan);
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("dry_run", true);
    facts.put("site", run.site().text());
    facts.put("target_dir", plan.request().targetDirectory().toString());
    facts.put("basebackup", backup.name());
    facts.put("start_time", backup.startTime().toString());
    facts.put("end_time", text(backup.endTime()));
    facts.put("pg_version", backup.serverVersion());
    facts.put("chunks", plan.chunks().size());
    facts.put("stored_bytes", backup.storedSize());
    facts.put("plain_bytes", plan.plainBytes());
    facts.put("files", plan.checks().known() ? plan.checks().count() : null);
    facts.put(
        "becomes", recovery.copy() != null ? "copy" : recovery.standby() ? "standby" : "primary");
    facts.put("timelines", timelines());
    facts.put("wal", wal());
    facts.put("reaches", reaches());
    facts.put("file_systems", fileSystems(space));
    facts.put("tablespaces", plan.tablespaces().stream().map(RestorePreview::tablespace).toList());
    facts.put("deletes", deletes(space));
    putSettings(facts);
    facts.put("notes", run.progress().snapshot().notes());
    return facts;
  }

  /** The timelines that recovery passes, each with where it leaves it. */
  private List<Map<String, @Nullable Object>> timelines() {
    TimelineHistory way = run.recovery().way();
    int first = run.backup().startSegment().timeline();
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (TimelineHistory.Switch left : way.switches()) {
      if (!all.isEmpty() || left.timeline() == first) {
        all.add(timeline(left.timeline(), left.switchPoint()));
      }
    }
    all.add(timeline(way.timeline(), null));
    return all;
  }

  private static Map<String, @Nullable Object> timeline(int timeline, @Nullable Lsn until) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("timeline", Integer.toUnsignedLong(timeline));
    one.put("until_lsn", text(until));
    return one;
  }

  /** The WAL that recovery asks for: up to a target that only the WAL shows, all that there is. */
  private Map<String, @Nullable Object> wal() {
    RecoveryPlan recovery = run.recovery();
    WalSegmentName first = run.backup().startSegment();
    WalSegmentName last = last();
    Map<String, @Nullable Object> wal = new LinkedHashMap<>();
    wal.put("first_segment", first.toString());
    wal.put("last_segment", text(last));
    wal.put(
        "segments",
        last == null ? 0 : last.number(recovery.size()) - first.number(recovery.size()) + 1);
    wal.put("archived_until_segment", text(recovery.reach().last()));
    wal.put("gap", text(recovery.reach().gap()));
    return wal;
  }

  private @Nullable WalSegmentName last() {
    RecoveryPlan recovery = run.recovery();
    RecoveryTarget target = recovery.recovery().target();
    if (target instanceof Immediate) {
      return run.backup().endOfWal();
    }
    return target instanceof AtLsn at
        ? WalSegmentName.containing(at.lsn(), recovery.way().timelineAt(at.lsn()), recovery.size())
        : recovery.reach().last();
  }

  private Map<String, @Nullable Object> reaches() throws IOException {
    RecoveryPlan recovery = run.recovery();
    RecoveryTarget target = recovery.recovery().target();
    LastCommit last = recovery.lastCommit().find();
    Map<String, @Nullable Object> reaches = new LinkedHashMap<>();
    reaches.put("target", word(target));
    reaches.put("inclusive", !Boolean.FALSE.equals(recovery.recovery().inclusive()));
    reaches.put(
        "time",
        target instanceof Time time
            ? time.time().toString()
            : target instanceof Immediate
                ? run.backup().end().toString()
                : target instanceof Latest ? text(last.time()) : null);
    reaches.put("lsn", text(lsn(target)));
    reaches.put("name", target instanceof Name name ? name.name() : null);
    reaches.put("xid", target instanceof Transaction transaction ? transaction.xid() : null);
    reaches.put("last_commit", text(last.time()));
    reaches.put("last_commit_is_estimated", last.time() != null && !last.exact());
    return reaches;
  }

  private @Nullable Lsn lsn(RecoveryTarget target) {
    RecoveryPlan recovery = run.recovery();
    WalSegmentName last = recovery.reach().last();
    if (target instanceof AtLsn at) {
      return at.lsn();
    }
    if (target instanceof Immediate) {
      return run.plan().checks().endLsn();
    }
    return target instanceof Latest && last != null
        ? last.next(recovery.size()).startLsn(recovery.size())
        : null;
  }

  private static String word(RecoveryTarget target) {
    if (target instanceof Time) {
      return "time";
    } else if (target instanceof AtLsn) {
      return "lsn";
    } else if (target instanceof Name) {
      return "name";
    } else if (target instanceof Transaction) {
      return "xid";
    }
    return target instanceof Immediate ? "immediate" : "latest";
  }

  private static List<Map<String, Object>> fileSystems(DiskSpace space) throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (DiskSpace.Share share : space.shares()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("path", share.existing().toString());
      one.put("directories", share.directories().stream().map(Path::toString).toList());
      one.put("needed_bytes", share.bytes());
      one.put("free_bytes", share.usableBytes());
      all.add(one);
    }
    return all;
  }

  private static Map<String, Object> tablespace(TablespaceDirectory tablespace) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", tablespace.name());
    one.put("oid", tablespace.oid());
    one.put("directory", tablespace.path().toString());
    return one;
  }

  private static List<Map<String, Object>> deletes(DiskSpace space) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Clearing clearing : space.clearings()) {
      if (clearing.files() > 0) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("directories", clearing.roots().stream().map(Path::toString).toList());
        one.put("files", clearing.files());
        one.put("bytes", clearing.freed().values().stream().mapToLong(Long::longValue).sum());
        all.add(one);
      }
    }
    return all;
  }

  /** A backup that does not tell its version has no settings until its PG_VERSION is read. */
  private void putSettings(Map<String, @Nullable Object> facts) {
    Integer version = run.backup().majorVersion();
    RecoverySettings settings =
        version == null
            ? null
            : new RecoverySettings(
                version, run.plan().request().recovery(), run.plan().restoreCommand());
    facts.put(
        "settings_file",
        settings == null
            ? null
            : settings.inRecoveryConf() ? "recovery.conf" : RestoredConfiguration.AUTO_CONF);
    facts.put(
        "signal_file",
        settings == null || settings.inRecoveryConf() ? null : settings.signalFile());
    facts.put("settings", settings == null ? null : settings.all());
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
