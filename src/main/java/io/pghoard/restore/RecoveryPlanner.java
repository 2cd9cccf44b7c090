// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.recovery.LastCommit;
import io.pghoard.recovery.LastCommits.Stretch;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.recovery.WalReach;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackup.Format;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.WalGap;
import io.pghoard.restore.RecoveryTarget.Immediate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the base backup and the timeline of a restore, and refuses a target that the stored WAL
 * does not reach: what a restore, {@code pghoard check} and the alert of a gap all ask.
 *
 * @param listing the site's base backups, read with the tree
 */
record RecoveryPlanner(
    SiteConfig site, Catalogue.Listing listing, TimelineTree tree, CommitSource commits) {
  /** Where the last commit of a stretch of WAL is looked up. */
  interface CommitSource {
    LastCommit of(Stretch stretch) throws IOException;
  }

  /**
   * Plans.
   *
   * @param name of the base backup, or {@link RestoreRequest#LATEST}
   * @throws RestoreRefusedException with what is missing and what can be reached
   */
  RecoveryPlan plan(String name, RecoveryOptions recovery) throws IOException {
    TimelineChoice timelines = new TimelineChoice(tree, candidates(name));
    BackupChoice choice =
        new BackupChoice(site.name(), listing::isDamaged, tree.wal().segmentSize());
    RecoveryTarget target = recovery.target();
    List<BaseBackup> fitting = timelines.backups();
    TimelineHistory way = null;
    // The end of a base backup lies on its own timeline, whatever came later.
    boolean latest = recovery.timeline().equals("latest");
    if (!recovery.timeline().equals("current") && !(latest && target instanceof Immediate)) {
      way =
          latest
              ? timelines.newest()
              : timelines.numbered(Long.decode(recovery.timeline()).intValue());
      fitting = timelines.on(way);
    }
    BaseBackup backup = choice.choose(fitting, target);
    requireKnownFormat(backup);
    if (way == null) {
      way = timelines.current(backup);
    }
    requireServerFindsTheWay(backup, way, recovery);
    WalReach reach = tree.reach(backup, way);
    requireWalOf(backup, reach);
    List<String> notes = new ArrayList<>();
    noteDamage(notes, backup, choice.nearest(fitting, target));
    notes.addAll(new TargetCheck(tree, backup, way, reach, commits).require(recovery));
    TimelineHistory chosen = way;
    return new RecoveryPlan(
        backup,
        way,
        reach,
        tree.wal().segmentSize(),
        latest ? recovery.resolved(way.timeline()) : recovery,
        notes,
        () -> commits.of(new Stretch(tree, chosen, reach)));
  }

  private List<BaseBackup> candidates(String name) throws RestoreRefusedException {
    List<BaseBackup> all = listing.readable();
    if (all.isEmpty()) {
      throw new RestoreRefusedException("site " + site.name() + " has no base backup");
    }
    if (name.equals(RestoreRequest.LATEST)) {
      return all;
    }
    List<BaseBackup> called = all.stream().filter(backup -> backup.isCalled(name)).toList();
    if (called.isEmpty()) {
      throw new RestoreRefusedException(
          "site %s has no base backup %s; it has %s"
              .formatted(
                  site.name(),
                  name,
                  all.stream().map(BaseBackup::name).collect(Collectors.joining(", "))));
    }
    return called.subList(0, 1);
  }

  private static void requireKnownFormat(BaseBackup backup) throws RestoreRefusedException {
    if (backup.format() != Format.CHUNKS && backup.format() != Format.RAW) {
      throw new RestoreRefusedException(
          "base backup %s is of the format %s, which this version cannot restore"
              .formatted(backup.name(), backup.object().metadata().get("format")));
    }
  }

  private void requireServerFindsTheWay(
      BaseBackup backup, TimelineHistory way, RecoveryOptions recovery)
      throws RestoreRefusedException {
    int start = backup.startSegment().timeline();
    Integer missing = tree.missingHistory(start, way.timeline());
    if (missing != null) {
      String name = WalFileName.history(missing).text();
      String proof = tree.proofOfHistory(missing);
      throw new RestoreRefusedException(
          "%s: a server that recovers to timeline %s asks for it, and stops. To repair it, %s"
              .formatted(
                  tree.wal().hadHistory(missing)
                      ? name + " is marked as damaged"
                      : "the archive has no %s, although %s shows that timeline %s exists"
                          .formatted(name, proof, TimelineChoice.text(missing)),
                  TimelineChoice.text(way.timeline()),
                  TimelineChoice.copy(missing)));
    }
    int found = tree.newestThatTheServerFinds(start);
    if (recovery.standby() && recovery.timeline().equals("latest") && found != way.timeline()) {
      throw new RestoreRefusedException(
          "a standby looks for the histories of the timelines after %s one by one, and would stop at timeline %s: the archive has no %s, although it has timeline %s. To repair it, %s; or restore a primary: --restore-to-primary"
              .formatted(
                  TimelineChoice.text(start),
                  TimelineChoice.text(found),
                  WalFileName.history(found + 1),
                  TimelineChoice.text(way.timeline()),
                  TimelineChoice.copy(found + 1)));
    }
  }

  private void requireWalOf(BaseBackup backup, WalReach reach) throws RestoreRefusedException {
    WalSegmentName last = reach.last();
    WalSegmentName end = backup.endOfWal();
    if (!reach.covers(end, tree.wal().segmentSize())) {
      WalGap gap = reach.gap();
      throw new RestoreRefusedException(
          "base backup %s of site %s cannot be restored: it needs the WAL segments %s to %s, and %s"
              .formatted(
                  backup.name(),
                  site.name(),
                  backup.startSegment(),
                  end,
                  gap != null
                      ? gap
                      : "the archive ends " + (last == null ? "before them" : "with " + last)));
    }
  }

  private void noteDamage(List<String> notes, BaseBackup chosen, @Nullable BaseBackup nearest) {
    if (nearest != null && !chosen.equals(nearest)) {
      notes.add(
          "base backup %s is nearer to the target than %s, and is not used, as it is damaged"
              .formatted(nearest.name(), chosen.name()));
    }
    List<ObjectKey> damaged = listing.damaged(chosen);
    if (!damaged.isEmpty()) {
      notes.add(
          "base backup %s is marked as damaged; the restore fails unless these have been repaired since: %s"
              .formatted(chosen.name(), damaged));
    }
  }
}
