// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.archive.WalBacklog;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.Volume;
import io.pghoard.postgres.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Warns before pg_wal has filled its disk, as PostgreSQL stops then. */
public final class BacklogAlert {
  private static final String NAME = "archive_backlog_warning";

  private final Sites sites;
  private final Clock clock;

  BacklogAlert(Sites sites, Clock clock) {
    this.sites = sites;
    this.clock = clock;
  }

  /**
   * Looks at what waits to be archived at a site.
   *
   * @param files from how many on it is an alert
   * @param age milliseconds that the oldest may have waited
   */
  public List<AlertChange> check(SiteName site, int files, long age) throws IOException {
    Path data = sites.get(site).dataDirectory();
    if (data == null) {
      return List.of(AlertChange.gone(NAME, site));
    }
    Path wal = new DataDirectory(data).wal();
    WalBacklog backlog = WalBacklog.in(wal);
    Instant oldest = backlog.oldest();
    if (oldest == null
        || (backlog.files() < files
            && clock.instant().isBefore(oldest.plus(Duration.ofMillis(age))))) {
      return List.of(AlertChange.gone(NAME, site));
    }
    String text =
        """
        %d WAL files wait in %s to be archived, the oldest since %s; PostgreSQL keeps them and stops when \
        that disk is full (%d MiB are free)
        see what archive_command says in the server's log, and what keeps pghoard from storing in its own"""
            .formatted(backlog.files(), wal, oldest, Volume.usableBytes(wal) >> 20);
    return List.of(new AlertChange(NAME, site, text));
  }
}
