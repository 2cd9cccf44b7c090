// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.archive.WalBacklog;
import io.pghoard.config.BackupMode;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.Volume;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.receive.ReceiveDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Warns of WAL that waits to be stored, before pg_wal has filled its disk, as PostgreSQL stops
 * then, or received WAL that of {@code backup_location}.
 */
public final class BacklogAlert {
  private static final String NAME = "archive_backlog_warning";

  private final Sites sites;
  private final Clock clock;
  private final Clock steady;
  private final Map<SiteName, Seen> seen = new ConcurrentHashMap<>();

  /** Since when a file is known to be the oldest that waits. */
  private record Seen(Instant oldest, Instant from) {}

  public BacklogAlert(Sites sites, Clock clock, Clock steady) {
    this.sites = sites;
    this.clock = clock;
    this.steady = steady;
  }

  /**
   * Looks at what waits to be archived at a site.
   *
   * @param files from how many on it is an alert
   * @param age milliseconds that the oldest may have waited
   */
  public List<AlertChange> check(SiteName site, int files, long age) throws IOException {
    SiteConfig config = sites.get(site);
    Path data = config.dataDirectory();
    Path wal;
    WalBacklog backlog;
    if (config.wal().received()) {
      wal = ReceivePlaces.of(sites.config(), config).incoming();
      backlog = received(wal);
    } else if (config.wal().mode() == BackupMode.ARCHIVE_COMMAND && data != null) {
      wal = new DataDirectory(data).wal();
      backlog = WalBacklog.in(wal);
    } else {
      return List.of(AlertChange.gone(NAME, site));
    }
    Instant oldest = backlog.oldest();
    if (oldest == null
        || (backlog.files() < files && !isOld(site, oldest, Duration.ofMillis(age)))) {
      return List.of(AlertChange.gone(NAME, site));
    }
    return List.of(
        new AlertChange(
            NAME, site, config.wal().received() ? received(wal, backlog) : text(wal, backlog)));
  }

  /** By the file's own time; or seen for so long, as the clock may have been set back since. */
  private boolean isOld(SiteName site, Instant oldest, Duration age) {
    Instant now = steady.instant();
    Seen first =
        seen.compute(
            site,
            (name, before) ->
                before != null && before.oldest().equals(oldest) ? before : new Seen(oldest, now));
    return !clock.instant().isBefore(oldest.plus(age)) || !now.isBefore(first.from().plus(age));
  }

  private static String text(Path wal, WalBacklog backlog) throws IOException {
    return """
        %d WAL files wait in %s to be archived, the oldest since %s; PostgreSQL keeps them and stops when \
        that disk is full (%d MiB are free)
        see what archive_command says in the server's log, and what keeps pghoard from storing in its own"""
        .formatted(backlog.files(), wal, backlog.oldest(), Volume.usableBytes(wal) >> 20);
  }

  private static String received(Path wal, WalBacklog backlog) throws IOException {
    return """
    %d WAL files that pg_receivewal has received wait in %s to be stored, the oldest since %s (%d MiB are free there)
    see in the log what keeps pghoard from storing them; they stay there until they are stored"""
        .formatted(backlog.files(), wal, backlog.oldest(), Volume.usableBytes(wal) >> 20);
  }

  /** What should be stored and gone: the newest files stay in any case. */
  private static WalBacklog received(Path directory) throws IOException {
    ReceiveDirectory received = ReceiveDirectory.of(directory);
    Instant oldest = null;
    int files = 0;
    for (WalFileName name : received.removable()) {
      try {
        Instant since = Files.getLastModifiedTime(received.file(name)).toInstant();
        oldest = oldest == null || since.isBefore(oldest) ? since : oldest;
        files++;
      } catch (NoSuchFileException e) {
        // Stored meanwhile.
      }
    }
    return new WalBacklog(files, oldest);
  }
}
