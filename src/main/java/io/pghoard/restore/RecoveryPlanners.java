// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.recovery.LastCommits;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.recovery.TimelineTrees;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;

/** Makes the planners of sites from what is stored now, and remembers what never changes. */
final class RecoveryPlanners {
  private final TimelineTrees trees = new TimelineTrees();
  private final LastCommits commits = new LastCommits();

  RecoveryPlanner of(SiteConfig site, ObjectStore store) throws IOException {
    // The WAL first: what is deleted meanwhile is no gap before a backup that is still listed.
    TimelineTree tree = trees.of(site, store);
    Catalogue.Listing listing = new Catalogue(store, new SiteKeys(site.prefix())).listing();
    return new RecoveryPlanner(site, listing, tree, stretch -> commits.of(site, store, stretch));
  }
}
