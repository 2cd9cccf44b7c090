// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import io.pghoard.lease.PghoardId;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.SiteClusters;
import io.pghoard.server.NodeChoice;
import io.pghoard.server.ProgramSearch;
import io.pghoard.server.ServerTablespace;
import io.pghoard.server.TablespaceQuestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;

/**
 * Finds out what has to be known before a base backup is taken: which node, programs, tablespaces.
 *
 * @param host this machine's name
 */
record BaseBackupPlanner(Sites sites, SiteClusters clusters, String host) {
  /**
   * Asks the server.
   *
   * @param directory the base backup's own
   * @throws ForeignClusterException when the server's cluster is another one than what is stored
   * @throws IOException when no node can be reached, or a program is missing
   */
  BaseBackupPlan plan(SiteConfig site, String name, String reason, Instant now, Path directory)
      throws IOException {
    Path psql = ProgramSearch.psql(site);
    NodeChoice chosen = NodeChoice.of(site, psql, directory.resolve("passfile"));
    if (site.wal().fetched() && chosen.server().standby()) {
      // Its last segment is not finished, and would be another one in the next backup.
      throw new IOException(
          "with active_backup_mode standalone_hot_backup a base backup needs a primary, and %s is a standby"
              .formatted(chosen.shown()));
    }
    String silent = chosen.server().silent(site);
    if (silent != null) {
      throw new IOException(silent);
    }
    clusters.require(
        site.name(),
        chosen.server().identity(),
        "no base backup is taken of the server at " + chosen.shown());
    Map<Long, ServerTablespace> tablespaces =
        new TablespaceQuestion(psql, chosen.shown(), site.dataDirectory()).answer();
    TablespaceQuestion.requireBackedUp(tablespaces, chosen.server().major());
    BaseBackupPlan plan =
        new BaseBackupPlan(
            site,
            sites.config().compression(),
            name,
            reason,
            now,
            chosen.shown(),
            ProgramSearch.baseBackup(site, chosen.server().major()),
            chosen.server(),
            tablespaces,
            directory,
            ReceivePlaces.of(sites.config(), site).incoming(),
            host,
            PghoardId.of(sites.config().backupLocation(), host).id());
    if (!plan.streamed()) {
      Files.createDirectory(plan.tars());
    }
    return plan;
  }

  /** Makes the directory of a base backup's own, for its owner alone. */
  Path ownDirectory(SiteConfig site, String name) throws IOException {
    var onlyOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(incoming(site), onlyOwner);
    return Files.createDirectory(incoming(site).resolve(name), onlyOwner).toAbsolutePath();
  }

  /** Where the base backups of a site have those directories. */
  Path incoming(SiteConfig site) {
    return sites
        .config()
        .backupLocation()
        .resolve(site.prefix())
        .resolve("basebackup_incoming")
        .toAbsolutePath();
  }
}
