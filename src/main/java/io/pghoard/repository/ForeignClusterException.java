// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.SystemIdentifier;
import java.io.IOException;

/** A cluster that is another one than the site's: other system identifier, or segment size. */
public final class ForeignClusterException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  ForeignClusterException(
      StoredCluster stored, ClusterIdentity cluster, String what, SiteKeys keys) {
    super(what + ": " + difference(stored, cluster, keys));
    boolean otherSize = cluster.systemIdentifier().equals(stored.systemIdentifier());
    this.remedy =
        (otherSize
                ? "change it back, or store the WAL of the new size separately: "
                : "if pghoard.json names the wrong server or data directory, correct it; if the cluster"
                    + " is new (initdb, pg_upgrade), store it separately: ")
            + edit(keys);
  }

  private static String difference(StoredCluster stored, ClusterIdentity cluster, SiteKeys keys) {
    SystemIdentifier known = stored.systemIdentifier();
    return known != null && !known.equals(cluster.systemIdentifier())
        ? "its cluster has the system identifier %s, but what is stored under %s/ belongs to cluster %s, according to %s"
            .formatted(cluster.systemIdentifier(), keys.prefix(), known, stored.source())
        : "its cluster has WAL segments of %d bytes, but those stored under %s/ have %d bytes, according to %s: the segment size was changed, by pg_resetwal --wal-segsize or in a new cluster"
            .formatted(
                cluster.segmentSize() == null ? 0 : cluster.segmentSize().bytes(),
                keys.prefix(),
                stored.segmentSize() == null ? 0 : stored.segmentSize().bytes(),
                stored.source());
  }

  /** The change of pghoard.json that keeps what is stored, and lets the site go on. */
  public static String edit(SiteKeys keys) {
    return "in pghoard.json, give the site a new \"prefix\": \"%1$s-2\", and to restore what is stored so far, add another site with \"prefix\": \"%1$s\" and \"active\": false"
        .formatted(keys.prefix());
  }

  /** What the administrator is to do about it. */
  public String remedy() {
    return remedy;
  }
}
