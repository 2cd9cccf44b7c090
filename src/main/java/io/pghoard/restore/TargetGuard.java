// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.LocalStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where one restore may write: never inside a database cluster, nor into what belongs to that of
 * another site; and over HTTP only where pghoard.json says, and where nobody else can lead it
 * elsewhere.
 *
 * @param allowed as {@link RestoreHost#allowed}
 */
record TargetGuard(PghoardConfig config, RestoreRequest request, List<Path> allowed)
    implements TargetRule {
  /** The directories below which a restore over HTTP may write, for a site. */
  static List<Path> allowed(SiteConfig site) {
    Path data = site.dataDirectory();
    return data == null || !site.restoreOverDataDirectory()
        ? site.restoreDirectories()
        : Stream.concat(site.restoreDirectories().stream(), Stream.of(data)).toList();
  }

  @Override
  public void require(Path directory) throws IOException {
    boolean overHttp = !allowed.isEmpty();
    Path root = AllowedDirectories.require(directory, allowed);
    SurroundingClusters.requireNone(directory);
    Path target = TargetDirectory.real(request.targetDirectory());
    for (SiteConfig site : config.sites().values()) {
      SiteCluster cluster = SiteCluster.of(site);
      if (cluster == null) {
        continue;
      }
      if (!cluster.data().equals(target)) {
        cluster.requireApart(directory);
      } else if (overHttp && !mayBeReplaced(site)) {
        throw new RestoreRefusedException(
            "%s is the pg_data_directory of site %s, and a restore over HTTP does not replace it. Set restore_over_data_directory of that site to true and restore that site, or use pghoard_restore on the host"
                .formatted(directory, site.name()));
      }
    }
    if (overHttp) {
      requireNoRepository(directory);
      TrustedParents.require(directory, root);
    }
  }

  private boolean mayBeReplaced(SiteConfig site) {
    return site.restoreOverDataDirectory() && site.name().equals(request.site());
  }

  private void requireNoRepository(Path directory) throws RestoreRefusedException {
    TargetDirectory.requireApart(directory, config.backupLocation());
    for (SiteConfig site : config.sites().values()) {
      if (site.storage() instanceof LocalStorage local) {
        TargetDirectory.requireApart(directory, local.directory());
      }
    }
  }
}
