// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import io.pghoard.repository.StoredWal;
import io.pghoard.repository.WalChain;
import io.pghoard.repository.WalGap;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which moments of a site can be recovered, known from what is stored alone. */
public final class RecoveryWindows {
  private final Sites sites;
  private final Repositories repositories;

  public RecoveryWindows(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.repositories = repositories;
  }

  /**
   * What is stored of a site.
   *
   * @param windows one a base backup, the oldest first
   * @param gaps segments that are missing although later ones are there, in their order
   */
  public record Report(StoredWal wal, List<RecoveryWindow> windows, List<WalGap> gaps) {}

  /** Looks through a site's repository. */
  public Report of(SiteName site) throws IOException {
    ObjectStore store = repositories.of(site);
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    Catalogue catalogue = new Catalogue(store, keys);
    StoredWal wal = catalogue.wal();
    Set<WalGap> gaps = new LinkedHashSet<>();
    // Where base backups bring their own WAL, none is between them.
    boolean continuous = !sites.get(site).wal().fetched();
    if (continuous) {
      wal.timelines().forEach(timeline -> gaps.addAll(wal.gaps(timeline)));
    }
    List<RecoveryWindow> windows = new ArrayList<>();
    Catalogue.Listing listing = catalogue.listing();
    for (BaseBackup backup : listing.readable()) {
      RecoveryWindow window = window(store, keys, wal, backup, listing.isDamaged(backup));
      windows.add(window);
      WalGap gap = window.gap();
      // One that begins before the backup's own first segment may be told already, as longer.
      if (continuous && gap != null && gaps.stream().noneMatch(known -> covers(known, gap, wal))) {
        gaps.add(gap);
      }
    }
    return new Report(wal, windows, List.copyOf(gaps));
  }

  private static boolean covers(WalGap known, WalGap gap, StoredWal wal) {
    long first = known.firstMissing().number(wal.segmentSize());
    long missing = gap.firstMissing().number(wal.segmentSize());
    return known.nextPresent().equals(gap.nextPresent())
        && known.firstMissing().timeline() == gap.firstMissing().timeline()
        && first <= missing;
  }

  private static RecoveryWindow window(
      ObjectStore store, SiteKeys keys, StoredWal wal, BaseBackup backup, boolean damaged)
      throws IOException {
    TimelinePath path = path(new TimelinePaths(store, keys, wal), backup);
    WalChain chain = wal.chain(backup.startSegment(), path.timeline(), path.switches());
    WalSegmentName last = chain.last();
    long end = BackupChoice.endSegment(backup).number(wal.segmentSize());
    return new RecoveryWindow(
        backup,
        path.timeline(),
        !damaged && last != null && last.number(wal.segmentSize()) >= end,
        BackupChoice.endTime(backup),
        last,
        last == null ? null : archived(store, keys, last),
        chain.gap());
  }

  /** To the latest timeline, or where that does not come from the backup, to the end of its own. */
  private static TimelinePath path(TimelinePaths paths, BaseBackup backup) throws IOException {
    try {
      return paths.path(backup, "latest");
    } catch (RestoreRefusedException e) {
      return paths.path(backup, "current");
    }
  }

  private static @Nullable Instant archived(
      ObjectStore store, SiteKeys keys, WalSegmentName segment) throws IOException {
    WalFileName name = WalFileName.parse(segment.toString());
    for (StoredObject object : store.list(keys.wal(name).text())) {
      if (object.key().equals(keys.wal(name))) {
        return object.lastModified();
      }
    }
    return null;
  }

  /**
   * What keeps recovery from coming from the newest base backup to the newest WAL.
   *
   * @return null when nothing does, or when there is no base backup
   */
  public @Nullable String broken(SiteName site) throws IOException {
    if (sites.get(site).wal().fetched()) {
      // There is no WAL between the base backups of such a site.
      return null;
    }
    Report report = of(site);
    if (report.windows().isEmpty()) {
      return null;
    }
    RecoveryWindow newest = report.windows().get(report.windows().size() - 1);
    WalGap gap = newest.gap();
    int latest =
        report.wal().timelines().stream().max(Integer::compareUnsigned).orElse(newest.timeline());
    if (gap != null) {
      return "WAL is %s: %s. Recovery from the base backup %s cannot pass it"
          .formatted(
              gap.damaged() ? "damaged" : "missing from the archive", gap, newest.backup().name());
    }
    return Integer.compareUnsigned(latest, newest.timeline()) > 0
        ? "there is WAL of timeline %s, and no base backup leads there: the newest, %s, ends on timeline %s"
            .formatted(
                Integer.toUnsignedString(latest),
                newest.backup().name(),
                Integer.toUnsignedString(newest.timeline()))
        : null;
  }
}
