// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole of pghoard.json, checked.
 *
 * @param backupLocation where pghoard keeps its spool and its state
 * @param httpAddress the address to listen on, "" for all
 * @param httpPort the port to listen on, 0 for a free one
 * @param httpHostNames what clients may call this host beside its own addresses, in small letters
 * @param credentials what a client must send, or null: then only loopback clients are served
 * @param alertFileDirectory where alert files are created
 * @param stateFile the JSON state file
 * @param maintenanceModeFile while this file exists, no base backup is started
 * @param hashAlgorithm of the hash of the plain content that is kept with each WAL segment, as
 *     Python's hashlib calls it: sha1, sha256, ...
 * @param transferThreads how many transfers of one site run side by side
 * @param restoreThreads how many chunks a restore reads side by side
 * @param restorePrefetch how many segments are fetched ahead of the one that a restore asks for
 * @param uploadRetriesWarningLimit after how many failures in a row to store something of a site
 *     there is an alert
 * @param routesDirectory where the operator's own routes lie
 * @param sites by name, in the order of the file
 */
public record PghoardConfig(
    Path backupLocation,
    String httpAddress,
    int httpPort,
    List<String> httpHostNames,
    @Nullable Credentials credentials,
    Path alertFileDirectory,
    Path stateFile,
    Path maintenanceModeFile,
    LogConfig log,
    CompressionConfig compression,
    String hashAlgorithm,
    int transferThreads,
    int restoreThreads,
    int restorePrefetch,
    int uploadRetriesWarningLimit,
    Path routesDirectory,
    Map<SiteName, SiteConfig> sites) {
  /**
   * What a process uses that gives WAL to a recovering server of this machine, and is no daemon.
   *
   * @param location where it keeps what it fetches ahead
   * @param expected what its clients send
   */
  public PghoardConfig servingWal(Path location, Credentials expected) {
    return new PghoardConfig(
        location,
        "127.0.0.1",
        0,
        List.of(),
        expected,
        location,
        location.resolve("state.json"),
        location.resolve("maintenance"),
        log,
        compression,
        hashAlgorithm,
        transferThreads,
        restoreThreads,
        restorePrefetch,
        uploadRetriesWarningLimit,
        routesDirectory,
        sites);
  }

  /** Whether the maintenance mode file is there, and was made by root or by this user. */
  public boolean inMaintenance() {
    return new OwnFile(maintenanceModeFile).exists();
  }
}
