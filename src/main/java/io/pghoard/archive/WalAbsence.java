// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.recovery.TimelineTrees;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;

/**
 * Tells the end of the archive from a gap in it.
 *
 * <p>PostgreSQL takes "not there" for the end of the archive and opens the cluster: said of a gap,
 * it would lose all that comes after it without a word.
 */
final class WalAbsence {
  private final TimelineTrees trees;
  private final SiteConfig site;
  private final ObjectStore store;
  private final SiteKeys keys;

  WalAbsence(TimelineTrees trees, SiteConfig site, ObjectStore store) {
    this.trees = trees;
    this.site = site;
    this.store = store;
    this.keys = new SiteKeys(site.prefix());
  }

  void explain(WalRequest request) throws IOException {
    WalFileName name = request.name();
    if (name.kind() == Kind.PARTIAL || name.kind() == Kind.BACKUP) {
      throw new WalAbsentException(name);
    }
    TimelineTree tree = trees.of(site, store);
    if (!tree.unreadable().isEmpty()) {
      throw new IOException(
          "cannot tell what a missing %s means: timeline history files in the archive cannot be parsed: %s"
              .formatted(name, tree.unreadable()));
    }
    requireWalOrBaseBackup(name, tree);
    if (name.kind() == Kind.HISTORY) {
      explainHistory(name, tree);
    } else {
      explainSegment(name, tree);
    }
    throw new WalAbsentException(name);
  }

  /** An empty archive proves nothing: the repository's disk may not be mounted. */
  private void requireWalOrBaseBackup(WalFileName name, TimelineTree tree) throws IOException {
    if (tree.wal().isEmpty() && store.keys(keys.baseBackups()).isEmpty()) {
      throw new IOException(
          ("cannot tell whether %s was ever archived: the repository holds neither WAL nor a base"
                  + " backup below %s/; is its file system mounted?")
              .formatted(name, keys.prefix()));
    }
  }

  private static void explainHistory(WalFileName name, TimelineTree tree) throws IOException {
    if (tree.wal().histories().contains(name.timeline())) {
      throw archivedMeanwhile(name);
    }
    String proof = tree.proofOfHistory(name.timeline());
    if (proof != null) {
      throw new WalGapException(name, proof);
    }
  }

  private void explainSegment(WalFileName name, TimelineTree tree) throws IOException {
    WalSegmentName segment = name.segment();
    if (tree.wal().contains(segment)) {
      throw archivedMeanwhile(name);
    }
    String proof = tree.proofOf(segment);
    if (proof != null && !isInABaseBackup(segment, tree)) {
      throw new WalGapException(name, proof);
    }
  }

  /**
   * Whether a base backup has brought this segment into pg_wal, where the server looks next. How
   * far it goes is not known of each: to the next segment that is stored at most.
   */
  private boolean isInABaseBackup(WalSegmentName segment, TimelineTree tree) throws IOException {
    for (BaseBackup backup : new Catalogue(store, keys).baseBackups()) {
      WalSegmentName start = backup.startSegment();
      if (backup.bringsItsWal()
          && start.timeline() == segment.timeline()
          && start.compareTo(segment) <= 0) {
        WalSegmentName stored = tree.wal().firstFrom(start);
        WalSegmentName end = backup.endSegment();
        if (end == null
            ? stored == null || stored.compareTo(segment) > 0
            : segment.compareTo(end) <= 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static IOException archivedMeanwhile(WalFileName name) {
    return new IOException(name + " has just been archived: retry");
  }
}
