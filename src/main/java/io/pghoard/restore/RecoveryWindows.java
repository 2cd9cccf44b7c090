// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.recovery.LastCommits.Stretch;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.recovery.WalReach;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalGap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which moments of a site can be recovered, known from what is stored alone. */
public final class RecoveryWindows {
  private final Sites sites;
  private final Repositories repositories;
  private final RecoveryPlanners planners = new RecoveryPlanners();

  public RecoveryWindows(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.repositories = repositories;
  }

  /**
   * What is stored of a site.
   *
   * @param listing the base backups, with those that cannot be understood and those damaged
   * @param windows one a base backup, the oldest first
   * @param gaps what recovery cannot pass although later WAL is there, in its order
   */
  public record Report(
      TimelineTree tree,
      Catalogue.Listing listing,
      List<RecoveryWindow> windows,
      List<WalGap> gaps) {
    public StoredWal wal() {
      return tree.wal();
    }
  }

  /** Looks through a site's repository. */
  public Report of(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    RecoveryPlanner planner = planners.of(site, repositories.of(name));
    StoredWal wal = planner.tree().wal();
    Set<WalGap> gaps = new LinkedHashSet<>();
    // Where base backups bring their own WAL, none is between them.
    boolean continuous = !site.wal().fetched();
    if (continuous) {
      wal.timelines().forEach(timeline -> gaps.addAll(wal.gaps(timeline)));
    }
    List<RecoveryWindow> windows = new ArrayList<>();
    for (BaseBackup backup : planner.listing().readable()) {
      RecoveryWindow window = window(planner, backup);
      windows.add(window);
      WalGap gap = window.gap();
      // One that begins before the backup's own first segment may be told already, as longer.
      if (continuous && gap != null && gaps.stream().noneMatch(known -> covers(known, gap, wal))) {
        gaps.add(gap);
      }
    }
    return new Report(planner.tree(), planner.listing(), windows, List.copyOf(gaps));
  }

  private static boolean covers(WalGap known, WalGap gap, StoredWal wal) {
    long first = known.firstMissing().number(wal.segmentSize());
    long missing = gap.firstMissing().number(wal.segmentSize());
    return known.nextPresent().equals(gap.nextPresent())
        && known.firstMissing().timeline() == gap.firstMissing().timeline()
        && first <= missing;
  }

  private static RecoveryWindow window(RecoveryPlanner planner, BaseBackup backup)
      throws IOException {
    TimelineTree tree = planner.tree();
    TimelineHistory newest = newest(tree, backup);
    TimelineHistory way = orOwn(newest, backup);
    WalReach reach = tree.reach(backup, way);
    WalSegmentName last = reach.last();
    return new RecoveryWindow(
        backup,
        way.timeline(),
        newest != null
            && !planner.listing().isDamaged(backup)
            && reach.covers(backup.endOfWal(), tree.wal().segmentSize()),
        last,
        planner.commits().of(new Stretch(tree, way, reach)),
        reach.gap());
  }

  /** How far recovery comes from a backup, on the newest timeline that it leads to. */
  static WalReach reach(TimelineTree tree, BaseBackup backup) {
    return tree.reach(backup, orOwn(newest(tree, backup), backup));
  }

  private static TimelineHistory orOwn(@Nullable TimelineHistory newest, BaseBackup backup) {
    return newest == null ? new TimelineHistory(backup.endOfWal().timeline(), List.of()) : newest;
  }

  /** The way to the newest timeline that comes from a backup, or null. */
  private static @Nullable TimelineHistory newest(TimelineTree tree, BaseBackup backup) {
    TimelineHistory own = tree.way(backup.endOfWal().timeline());
    for (int timeline : tree.timelines()) {
      TimelineHistory way = tree.way(timeline);
      if (way != null && tree.leadsFrom(backup, way)) {
        return way;
      }
    }
    return own;
  }

  /**
   * What keeps a restore from coming to the newest WAL.
   *
   * @return null when nothing does, or when there is no base backup
   */
  public @Nullable String broken(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    if (site.wal().fetched()) {
      // There is no WAL between the base backups of such a site.
      return null;
    }
    RecoveryPlanner planner = planners.of(site, repositories.of(name));
    if (planner.listing().readable().isEmpty()) {
      return null;
    }
    try {
      planner.plan(RestoreRequest.LATEST, RecoveryOptions.toTheEnd());
      return null;
    } catch (RestoreRefusedException e) {
      return e.getMessage();
    }
  }
}
