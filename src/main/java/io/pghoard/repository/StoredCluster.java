// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalSegmentSize;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster a site is, as what is stored of it tells: a site has one system identifier and one
 * segment size.
 *
 * @param systemIdentifier null when nothing that is stored tells it
 * @param segmentSize null when nothing that is stored tells it
 * @param source the key of the object that tells; "" when nothing does
 */
public record StoredCluster(
    @Nullable SystemIdentifier systemIdentifier,
    @Nullable WalSegmentSize segmentSize,
    String source) {
  static final StoredCluster UNKNOWN = new StoredCluster(null, null, "");

  /**
   * Reads it: from the newest base backup; without one that tells, from the newest WAL; without
   * that, from the claim of the daemon that was the first to begin.
   */
  public static StoredCluster read(ObjectStore store, SiteKeys keys) throws IOException {
    return new StoredClusterReader(store, keys).read();
  }

  /** Which cluster a base backup is of, by its metadata, or by the segment in which it starts. */
  public static StoredCluster of(BaseBackup backup, ObjectStore store, SiteKeys keys)
      throws IOException {
    return new StoredClusterReader(store, keys).of(backup);
  }

  /** Whether nothing that is stored says that this is another cluster. */
  public boolean admits(ClusterIdentity cluster) {
    return (systemIdentifier == null || systemIdentifier.equals(cluster.systemIdentifier()))
        && (segmentSize == null
            || cluster.segmentSize() == null
            || segmentSize.equals(cluster.segmentSize()));
  }

  /**
   * Refuses another cluster.
   *
   * @param what begins the message, such as "refused 000000010000000000000001"
   */
  public void require(ClusterIdentity cluster, String what, SiteKeys keys)
      throws ForeignClusterException {
    if (!admits(cluster)) {
      throw new ForeignClusterException(this, cluster, what, keys);
    }
  }
}
