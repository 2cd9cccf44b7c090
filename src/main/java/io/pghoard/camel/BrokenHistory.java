// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.backup.BaseBackupNotNowException;
import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the newest history of a site's WAL has a base backup: before that, nothing that a server
 * wrote since it was rolled back can be restored.
 */
public final class BrokenHistory {
  private static final Logger LOG = LoggerFactory.getLogger(BrokenHistory.class);

  /** The log and segment digits, which sort as positions do whatever the timeline is. */
  private static final Comparator<WalSegmentName> BY_POSITION =
      Comparator.comparing(segment -> segment.toString().substring(8));

  private final Sites sites;
  private final Repositories repositories;
  private final BaseBackupSchedule schedule;

  /** The newest marks that a base backup follows; so that not all of them are listed each time. */
  private final Map<SiteName, WalSegmentName> mended = new ConcurrentHashMap<>();

  private final Map<SiteName, WalSegmentName> asked = new ConcurrentHashMap<>();

  BrokenHistory(Sites sites, Repositories repositories, BaseBackupSchedule schedule) {
    this.sites = sites;
    this.repositories = repositories;
    this.schedule = schedule;
  }

  /** What is broken, for people, and asks for the base backup that mends it; or null. */
  public @Nullable String check(SiteName site) throws IOException {
    ObjectStore store = repositories.of(site);
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    HistoryBreaks breaks = new HistoryBreaks(store, keys);
    List<WalSegmentName> marked = breaks.segments();
    if (marked.isEmpty()) {
      return null;
    }
    WalSegmentName newest =
        marked.stream().max(BY_POSITION.thenComparing(Comparator.naturalOrder())).orElseThrow();
    if (newest.equals(mended.get(site))) {
      return null;
    }
    if (new Catalogue(store, keys).baseBackups().stream().anyMatch(each -> follows(each, newest))) {
      mended.put(site, newest);
      return null;
    }
    ask(site, newest);
    return "WAL segment %s does not continue the stored WAL before it: %s\nrecovery cannot pass this point; what was written since can be restored once the base backup that pghoard takes now is complete; check that only one server archives to this site"
        .formatted(newest, breaks.reason(newest));
  }

  private static boolean follows(BaseBackup backup, WalSegmentName marked) {
    WalSegmentName start = backup.startSegment();
    return BY_POSITION.compare(start, marked) >= 0
        && Integer.compareUnsigned(start.timeline(), marked.timeline()) >= 0;
  }

  private void ask(SiteName site, WalSegmentName marked) throws IOException {
    if (marked.equals(asked.get(site))) {
      return;
    }
    try {
      schedule.request(site);
    } catch (BaseBackupNotNowException e) {
      // In maintenance mode the request is kept all the same.
      LOG.info("Site {}: {}", site, e.getMessage());
    }
    asked.put(site, marked);
    LOG.warn(
        "Site {}: a base backup is requested because a new history starts at {}", site, marked);
  }
}
