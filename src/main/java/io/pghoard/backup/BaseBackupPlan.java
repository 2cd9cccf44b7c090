// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.CompressionConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.repository.SiteKeys;
import io.pghoard.server.ServerFacts;
import io.pghoard.server.ServerTablespace;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a base backup before it is taken.
 *
 * @param name by which it is listed, once it exists
 * @param decided when it was begun
 * @param node where it is taken from, with no password
 * @param program the path of pg_basebackup
 * @param tablespaces by their object ids, without the two that every cluster has
 * @param directory its own, for what has to be on disk while it is taken
 * @param received where pg_receivewal writes, when the site's WAL is received
 * @param host where this service runs
 * @param pghoardId the daemon that takes it
 */
record BaseBackupPlan(
    SiteConfig site,
    CompressionConfig compression,
    String name,
    String reason,
    Instant decided,
    ConnectionInfo node,
    Path program,
    ServerFacts server,
    Map<Long, ServerTablespace> tablespaces,
    Path directory,
    Path received,
    String host,
    String pghoardId) {
  /** pg_basebackup writes one tar archive only to its standard output. */
  boolean streamed() {
    return tablespaces.isEmpty();
  }

  /** What the lease of the site is held for. */
  String leaseUser() {
    return leaseUser(decided);
  }

  static String leaseUser(Instant decided) {
    return "base backup of " + decided;
  }

  SiteKeys keys() {
    return new SiteKeys(site.prefix());
  }

  /** The site's pg_wal, when it is on this machine. */
  @Nullable Path walDirectory() {
    Path data = site.dataDirectory();
    return data == null ? null : new DataDirectory(data).wal();
  }

  Path tars() {
    return directory.resolve("tars");
  }

  Path manifest() {
    return streamed() ? directory.resolve("backup_manifest") : TarFiles.manifest(tars());
  }

  /** The arguments of pg_basebackup; the password is not among them. */
  List<String> arguments() {
    return List.of(
        "--format=tar",
        "--pgdata=" + (streamed() ? "-" : tars()),
        "--wal-method=" + (site.wal().fetched() ? "fetch" : "none"),
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--label=pghoard_base_backup",
        "--progress",
        "--verbose",
        "--no-password",
        "--dbname=" + node.toConnectionString());
  }
}
