// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredWal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the trees of timelines of sites, and remembers what never changes. */
public final class TimelineTrees {
  private final StoredHistories histories = new StoredHistories();

  /** The timelines of a site, as they are stored now. */
  public TimelineTree of(SiteConfig site, ObjectStore store) throws IOException {
    StoredWal wal = new Catalogue(store, new SiteKeys(site.prefix())).wal();
    List<TimelineHistory> stored = new ArrayList<>();
    Map<Integer, String> unreadable = new HashMap<>();
    for (int timeline : wal.histories()) {
      try {
        TimelineHistory history = histories.read(site, store, timeline);
        if (history != null) {
          stored.add(history);
        }
      } catch (IllegalArgumentException e) {
        unreadable.put(timeline, String.valueOf(e.getMessage()));
      }
    }
    return new TimelineTree(wal, stored, unreadable);
  }
}
