// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;

/**
 * Where the received WAL of a site lies on this machine.
 *
 * @param incoming pg_receivewal's directory, the one of the Python pghoard
 * @param own what pghoard itself keeps about it
 */
public record ReceivePlaces(Path incoming, Path own) {
  /** Below {@code backup_location} and the site's prefix. */
  public static ReceivePlaces of(PghoardConfig config, SiteConfig site) {
    Path place = config.backupLocation().resolve(site.prefix()).toAbsolutePath();
    return new ReceivePlaces(place.resolve("xlog_incoming"), place.resolve("xlog_receiving"));
  }

  /** What the server said of its cluster. */
  public Path cluster() {
    return own.resolve("cluster");
  }
}
