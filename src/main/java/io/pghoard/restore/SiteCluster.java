// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A site's cluster on this machine.
 *
 * @param data its data directory, with links followed
 */
record SiteCluster(SiteName site, Path data) {
  /** The cluster of a site, whether it is there or not; null when it is on another machine. */
  static @Nullable SiteCluster of(SiteConfig site) {
    Path data = site.dataDirectory();
    return data == null ? null : new SiteCluster(site.name(), TargetDirectory.real(data));
  }

  /**
   * Refuses a directory that is one of the cluster's, or lies in one or above one.
   *
   * @throws RestoreRefusedException with what they are
   */
  void requireApart(Path directory) throws IOException {
    if (!Files.exists(data.resolve("PG_VERSION"))) {
      return;
    }
    Path real = TargetDirectory.real(directory);
    for (Path own : directories()) {
      if (real.startsWith(own) || own.startsWith(real)) {
        throw new RestoreRefusedException(
            "%s %s %s, which belongs to the cluster of site %s, and nothing is restored there. Name another directory"
                .formatted(
                    directory,
                    real.equals(own) ? "is" : real.startsWith(own) ? "lies in" : "lies above",
                    own,
                    site));
      }
    }
  }

  /** The data directory, and what a linked pg_wal and the tablespaces lead to. */
  private List<Path> directories() throws IOException {
    List<Path> all = new ArrayList<>(List.of(data));
    Path wal = new TargetDirectory(data).linkedWal();
    if (wal != null) {
      all.add(wal);
    }
    try (DirectoryStream<Path> tablespaces =
        Files.newDirectoryStream(data.resolve("pg_tblspc"), Files::isSymbolicLink)) {
      tablespaces.forEach(link -> all.add(TargetDirectory.real(link)));
    } catch (NoSuchFileException | NotDirectoryException e) {
      // A cluster that is half gone has none.
      return all;
    }
    return all;
  }
}
