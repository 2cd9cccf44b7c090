// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.alert.AlertFile.Entry;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alert files: one exists in {@code alert_file_dir} for each kind of thing that needs a human,
 * and says what happened, at which sites, since when and what to do.
 *
 * <p>The files themselves are the memory: an alert outlives a restart, until its cause is gone.
 */
public final class Alerts {
  /** The alerts that pghoard's own routes raise. */
  public static final List<String> NAMES =
      List.of(
          "archive_backlog_warning",
          "archive_conflict",
          "authentication_error",
          "base_backup_failed",
          "basebackup_count_missing",
          "commits_wait",
          "configuration_error",
          "foreign_cluster",
          "hook_failed",
          "object_damaged",
          "pg_hba_conf_error",
          "received_wal_left",
          "retention_failed",
          "route_error",
          "route_failed",
          "route_stands_still",
          "server_unreachable",
          "state_file_not_written",
          "two_clusters_stored",
          "upload_retries_warning",
          "version_mismatch_error",
          "version_unsupported_error",
          "wal_gap",
          "wal_history_broken",
          "wal_not_archived",
          "wal_receive_failed",
          "wal_receive_stands_still");

  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

  /** No file has this name: it is for what no file can be written for. */
  private static final String UNWRITTEN = "alert_file_not_written";

  private static final String NO_SITE = "-";

  /** So that a text with a number in it is not logged each time that the number changes. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final Sites sites;
  private final Clock clock;
  private final Clock steady;
  private final AlertFiles files;
  private final Map<Renewal, Instant> renewed = new HashMap<>();
  private final TreeSet<String> names = new TreeSet<>(NAMES);

  /** An alert of a site, which was raised or renewed. */
  private record Renewal(String name, String key) {}

  public Alerts(Sites sites, Clock clock, Clock steady) {
    this.sites = sites;
    this.clock = clock;
    this.steady = steady;
    this.files = new AlertFiles(sites, clock);
  }

  /**
   * Raises or renews an alert; the moment that it was first raised stays in its file.
   *
   * @param site null for what is no site's
   * @return whether it is news: the site did not have this alert yet
   */
  public synchronized boolean raise(String name, @Nullable SiteName site, String text) {
    Map<String, Entry> entries = files.read(name);
    names.add(name);
    Entry before = entries.get(key(site));
    renewed.put(new Renewal(name, key(site)), steady.instant());
    Instant now = clock.instant();
    entries.put(key(site), new Entry(before == null ? now : before.since(), now, text));
    files.write(name, entries);
    if (before == null) {
      LOG.error("Alert {} for {}: {}", name, whose(site), line(text));
    } else if (!before.text().equals(text) && now.isAfter(before.last().plus(QUIET))) {
      LOG.warn("Alert {} for {} still: {}", name, whose(site), line(text));
    }
    return before == null;
  }

  /**
   * Takes a site out of an alert, as the cause is gone; without a site left, the file goes.
   *
   * @return whether the site had the alert
   */
  public synchronized boolean clear(String name, @Nullable SiteName site) {
    return clear(name, key(site), whose(site));
  }

  private boolean clear(String name, String key, String whose) {
    if (!files.exists(name)) {
      return false;
    }
    Map<String, Entry> entries = files.read(name);
    boolean was = entries.remove(key) != null;
    renewed.remove(new Renewal(name, key));
    // A file without any entry is not ours, but the Python pghoard's, which never removed it.
    if (was || entries.isEmpty()) {
      files.write(name, entries);
      LOG.info("Alert {} for {} is cleared", name, whose);
    }
    return was;
  }

  /** The sites of an alert that nothing has renewed for so long that its cause must be gone. */
  public synchronized List<AlertChange> expired(String name, long millis) {
    List<AlertChange> changes = new ArrayList<>();
    Instant oldest = clock.instant().minusMillis(millis);
    for (Map.Entry<String, Entry> each : files.read(name).entrySet()) {
      Instant here = renewed.get(new Renewal(name, each.getKey()));
      boolean old =
          here == null
              ? each.getValue().last().isBefore(oldest)
              : here.isBefore(steady.instant().minusMillis(millis));
      if (old) {
        String site = each.getKey();
        changes.add(AlertChange.gone(name, site.equals(NO_SITE) ? null : new SiteName(site)));
      }
    }
    return changes;
  }

  /** Clears every alert of a site that pghoard.json has no more, or that is active no more. */
  public synchronized void forget(SiteName site) {
    for (String name : names) {
      clear(name, site);
    }
  }

  /** Clears the alerts of sites that went while no daemon ran. */
  public synchronized void forgetStrangers() {
    for (String name : names) {
      for (String site : files.read(name).keySet()) {
        boolean known =
            sites.config().sites().keySet().stream().anyMatch(each -> each.text().equals(site));
        if (!known && !site.equals(NO_SITE)) {
          clear(name, site, "site " + site);
        }
      }
    }
  }

  /** What is raised, for {@code GET /status}: by name, then by site. */
  public synchronized Map<String, Object> raised() {
    Map<String, Object> raised = new LinkedHashMap<>();
    for (String name : names) {
      List<Map<String, String>> bySite = new ArrayList<>();
      files.read(name).forEach((site, entry) -> bySite.add(told(site, entry)));
      if (!bySite.isEmpty()) {
        raised.put(name, bySite);
      }
    }
    Entry trouble = files.trouble();
    if (trouble != null) {
      raised.put(UNWRITTEN, List.of(told(NO_SITE, trouble)));
    }
    return raised;
  }

  private static Map<String, String> told(String site, Entry entry) {
    return Map.of("site", site, "since", entry.since().toString(), "text", entry.text());
  }

  /** Writes the files that could not be written when there was something to tell. */
  synchronized void writeAgain() {
    files.writeAgain();
  }

  /** Why there are alerts that have no file, or null. */
  synchronized @Nullable String unwritten() {
    Entry trouble = files.trouble();
    return trouble == null ? null : trouble.text();
  }

  private static String line(String text) {
    return text.replace("\n", "; ");
  }

  private static String key(@Nullable SiteName site) {
    return site == null ? NO_SITE : site.text();
  }

  private static String whose(@Nullable SiteName site) {
    return site == null ? "pghoard itself" : "site " + site;
  }
}
