// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One site of {@code backup_sites}: a database cluster, with its place in storage.
 *
 * @param prefix the start of all its object keys, with no slash at either end
 * @param active false: nothing is taken or deleted, the site can only be restored
 * @param nodes how to connect to the cluster; at least one while the site is active
 * @param dataDirectory the cluster's data directory on this machine; for a restore, the one to
 *     come; or null: the cluster lies on another machine, and its WAL is received
 * @param binDirectory where PostgreSQL's programs lie, or null: searched
 * @param baseBackupProgram the path of pg_basebackup, or null: searched in binDirectory, then in
 *     PATH
 * @param restoreDirectories under which directories a restore that is asked for over HTTP may write
 * @param restoreOverDataDirectory whether such a restore may write {@code dataDirectory} too
 * @param scrubInterval within which each stored object is read once, or null: none is unasked
 */
public record SiteConfig(
    SiteName name,
    String prefix,
    boolean active,
    List<ConnectionInfo> nodes,
    @Nullable Path dataDirectory,
    @Nullable Path binDirectory,
    @Nullable Path baseBackupProgram,
    List<Path> restoreDirectories,
    boolean restoreOverDataDirectory,
    StorageConfig storage,
    BaseBackupConfig baseBackup,
    WalConfig wal,
    @Nullable Duration scrubInterval) {
  /**
   * The data directory, for what cannot do without.
   *
   * @throws IOException when the cluster lies on another machine
   */
  public Path localDataDirectory() throws IOException {
    if (dataDirectory == null) {
      throw new IOException(
          "site %s has no pg_data_directory: set it if the cluster is on this machine"
              .formatted(name));
    }
    return dataDirectory;
  }
}
