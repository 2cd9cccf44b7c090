// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalSegmentSize;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether the base backups of a site are all of one cluster. */
public record StoredClusters(ObjectStore store, SiteKeys keys) {
  /**
   * Looks at the metadata of all base backups, and into the WAL of those that must be told for
   * certain: the Python pghoard noted no system identifier.
   *
   * @param backups the oldest first
   * @param certain those of them that are about to be deleted
   * @return which clusters there are and what to do; null when it is one, for all that can be told
   */
  public @Nullable String trouble(List<BaseBackup> backups, Collection<BaseBackup> certain)
      throws IOException {
    Map<String, String> clusters = new TreeMap<>();
    for (int index = 0; index < backups.size(); index++) {
      BaseBackup backup = backups.get(index);
      boolean newest = index == backups.size() - 1;
      boolean asked = certain.contains(backup) || (newest && !certain.isEmpty());
      String cluster = noted(backup);
      if (cluster == null && asked) {
        cluster = words(StoredCluster.of(backup, store, keys));
      }
      if (cluster != null) {
        clusters.put(cluster, backup.name());
      }
    }
    if (clusters.size() < 2) {
      return null;
    }
    StringBuilder list = new StringBuilder();
    clusters.forEach(
        (cluster, backup) ->
            list.append(list.isEmpty() ? "" : ", ")
                .append(cluster)
                .append(" (")
                .append(backup)
                .append(')'));
    return "the base backups under %s/ belong to %d clusters: %s; no base backup and no WAL is deleted until they are separated: %s"
        .formatted(keys.prefix(), clusters.size(), list, ForeignClusterException.edit(keys));
  }

  private static @Nullable String noted(BaseBackup backup) {
    SystemIdentifier identifier = backup.systemIdentifier();
    String size = backup.object().metadata().get("wal-segment-size");
    return identifier == null || size == null ? null : words(identifier, size);
  }

  private static @Nullable String words(StoredCluster cluster) {
    SystemIdentifier identifier = cluster.systemIdentifier();
    WalSegmentSize size = cluster.segmentSize();
    return identifier == null || size == null
        ? null
        : words(identifier, String.valueOf(size.bytes()));
  }

  private static String words(SystemIdentifier identifier, String size) {
    return "system identifier %s with WAL segments of %s bytes".formatted(identifier, size);
  }
}
