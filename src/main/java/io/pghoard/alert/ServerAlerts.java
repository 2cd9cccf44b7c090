// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.Lsn;
import io.pghoard.receive.WalReceivers;
import io.pghoard.server.ArchivingWatch;
import io.pghoard.server.ServerFinding;
import io.pghoard.server.ServerFinding.Kind;
import io.pghoard.server.ServerWatch;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the look at a site's server means for the site's alerts. */
public final class ServerAlerts {
  private static final Map<Kind, String> NAMES =
      new EnumMap<>(
          Map.of(
              Kind.UNREACHABLE, "server_unreachable",
              Kind.NOT_LET_IN, "pg_hba_conf_error",
              Kind.NOT_AUTHENTICATED, "authentication_error",
              Kind.REFUSED, "configuration_error",
              Kind.VERSION_UNSUPPORTED, "version_unsupported_error",
              Kind.VERSION_MISMATCH, "version_mismatch_error",
              Kind.FOREIGN_CLUSTER, "foreign_cluster"));

  private static final String COMMITS = "commits_wait";
  private static final String ARCHIVED = "wal_not_archived";
  private static final String STILL = "wal_receive_stands_still";

  private final ServerWatch server;
  private final ArchivingWatch archiving;
  private final WalReceivers receivers;
  private final Clock clock;
  private final Map<SiteName, Instant> silentSince = new ConcurrentHashMap<>();

  public ServerAlerts(
      ServerWatch server, ArchivingWatch archiving, WalReceivers receivers, Clock clock) {
    this.server = server;
    this.archiving = archiving;
    this.receivers = receivers;
    this.clock = clock;
  }

  /**
   * Looks at the server of a site.
   *
   * @param patience milliseconds for which a server may be silent before that is an alert
   * @param standstill milliseconds for which no WAL may be received although the server has gone on
   */
  public List<AlertChange> check(SiteName site, long patience, long standstill) throws IOException {
    // Before the server is asked: what it wrote later may arrive later.
    String newest = receivers.newest(site);
    List<AlertChange> changes = changes(site, server.check(site), Duration.ofMillis(patience));
    Lsn flushed = server.flushed(site);
    // While nobody knows where the server is, what was raised before stays.
    if (flushed != null) {
      Duration limit = Duration.ofMillis(standstill);
      changes.add(
          new AlertChange(STILL, site, receivers.standsStill(site, newest, flushed, limit)));
    }
    told(COMMITS, site, server.synchronous(site)).ifPresent(changes::add);
    told(ARCHIVED, site, archiving.trouble(site)).ifPresent(changes::add);
    return changes;
  }

  /** What is not known leaves the alert as it is. */
  private static Optional<AlertChange> told(String name, SiteName site, @Nullable String trouble) {
    return Optional.ofNullable(trouble)
        .map(text -> new AlertChange(name, site, text.isEmpty() ? null : text));
  }

  /**
   * What stands before the finding on the way into a server is in order; what stands behind it is
   * not known.
   */
  private List<AlertChange> changes(SiteName site, ServerFinding finding, Duration patience) {
    List<AlertChange> changes = new ArrayList<>();
    for (Map.Entry<Kind, String> each : NAMES.entrySet()) {
      if (each.getKey().compareTo(finding.kind()) < 0) {
        changes.add(AlertChange.gone(each.getValue(), site));
      }
    }
    if (finding.kind() != Kind.UNREACHABLE) {
      silentSince.remove(site);
    }
    String name = raised(site, finding.kind(), patience);
    if (name != null) {
      changes.add(new AlertChange(name, site, finding.text()));
    }
    return changes;
  }

  private @Nullable String raised(SiteName site, Kind kind, Duration patience) {
    if (kind == Kind.UNREACHABLE) {
      Instant now = clock.instant();
      Instant since = silentSince.computeIfAbsent(site, any -> now);
      return now.isBefore(since.plus(patience)) ? null : NAMES.get(kind);
    }
    return NAMES.get(kind);
  }
}
