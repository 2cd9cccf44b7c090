// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.ObjectStore;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Finds the last commit in the stored WAL, from its end on backwards. */
public final class LastCommits {
  /** How many segments the store is asked for at most: there may be none with a commit for days. */
  private static final int MOST_ASKED = 256;

  private final SegmentTimes times = new SegmentTimes();

  /** The last commit in the segments that recovery reads on a way. */
  public LastCommit of(SiteConfig site, ObjectStore store, Stretch stretch) throws IOException {
    WalSegmentSize size = stretch.tree().wal().segmentSize();
    WalSegmentName last = stretch.reach().last();
    if (last == null) {
      return new LastCommit(null, true);
    }
    Instant noneSince = null;
    int asked = 0;
    for (long number = last.number(size); number >= stretch.first(size); number--) {
      WalSegmentName segment = stretch.tree().read(stretch.way(), number);
      asked += times.knows(site, segment) ? 0 : 1;
      if (noneSince != null && asked > MOST_ASKED) {
        return new LastCommit(noneSince, false);
      }
      SegmentTimes.@Nullable Times here = times.of(site, store, segment);
      if (here == null) {
        continue;
      }
      if (!here.scanned()) {
        return new LastCommit(here.stored(), false);
      }
      if (here.lastCommit() != null) {
        return new LastCommit(here.lastCommit(), true);
      }
      noneSince = here.stored();
    }
    return new LastCommit(null, true);
  }

  /** What recovery reads from a base backup on a way. */
  public record Stretch(TimelineTree tree, TimelineHistory way, WalReach reach) {
    private long first(WalSegmentSize size) {
      return reach.first().number(size);
    }
  }
}
