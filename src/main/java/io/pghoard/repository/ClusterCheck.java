// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.SystemIdentifier;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether all that is stored of a site is of one cluster, and of which. */
public record ClusterCheck(SiteConfig site, ObjectStore store) {
  /**
   * Makes the check.
   *
   * @return the cluster, or null when the repository could not be asked
   */
  public @Nullable StoredCluster run(Checks checks) {
    StoredCluster[] found = new StoredCluster[1];
    checks.check(
        "one cluster",
        "look at the store's answer",
        () -> {
          SiteKeys keys = new SiteKeys(site.prefix());
          try {
            StoredCluster cluster = StoredCluster.read(store, keys);
            found[0] = cluster;
            return answer(cluster, keys);
          } catch (IOException e) {
            // The check of the base backups fails of it, and says what to do.
            return Answer.unknown(String.valueOf(e.getMessage()));
          }
        });
    return found[0];
  }

  private Answer answer(StoredCluster cluster, SiteKeys keys) throws IOException {
    String trouble =
        new StoredClusters(store, keys)
            .trouble(new Catalogue(store, keys).baseBackups(), List.of());
    if (trouble != null && site.active()) {
      return Answer.failed(trouble, "separate them as described");
    }
    if (trouble != null) {
      return Answer.ok("nothing is deleted from a site that is not active; " + trouble);
    }
    SystemIdentifier identifier = cluster.systemIdentifier();
    return identifier == null
        ? Answer.ok("nothing stored yet identifies the cluster")
        : Answer.ok(
            "system identifier %s, according to %s".formatted(identifier, cluster.source()));
  }
}
