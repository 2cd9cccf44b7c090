// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.camel.AlertFile.Entry;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
  static final List<String> NAMES =
      List.of(
          "archive_backlog_warning",
          "archive_conflict",
          "authentication_error",
          "configuration_error",
          "object_damaged",
          "pg_hba_conf_error",
          "received_wal_left",
          "server_unreachable",
          "upload_retries_warning",
          "version_mismatch_error",
          "version_unsupported_error",
          "wal_gap",
          "wal_receive_failed");

  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
  private static final Pattern NAME = Pattern.compile("[a-z][a-z_]{0,63}");
  private static final String NO_SITE = "-";

  /** So that a text with a number in it is not logged each time that the number changes. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final Sites sites;
  private final Clock clock;
  private final TreeSet<String> names = new TreeSet<>(NAMES);

  Alerts(Sites sites, Clock clock) {
    this.sites = sites;
    this.clock = clock;
  }

  /**
   * Raises or renews an alert; the moment that it was first raised stays in its file.
   *
   * @param site null for what is no site's
   * @return whether it is news: the site did not have this alert yet
   */
  public synchronized boolean raise(String name, @Nullable SiteName site, String text)
      throws IOException {
    AlertFile file = file(name);
    names.add(name);
    Map<String, Entry> entries = file.read();
    Entry before = entries.get(key(site));
    Instant now = clock.instant();
    entries.put(key(site), new Entry(before == null ? now : before.since(), now, text));
    file.write(entries);
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
  public synchronized boolean clear(String name, @Nullable SiteName site) throws IOException {
    return clear(name, key(site), whose(site));
  }

  private boolean clear(String name, String key, String whose) throws IOException {
    AlertFile file = file(name);
    if (Files.notExists(file.path())) {
      return false;
    }
    Map<String, Entry> entries = file.read();
    boolean was = entries.remove(key) != null;
    // A file without any entry is not ours, but the Python pghoard's, which never removed it.
    if (was || entries.isEmpty()) {
      file.write(entries);
      LOG.info("Alert {} for {} is cleared", name, whose);
    }
    return was;
  }

  /** Clears an alert that nothing has renewed for so long that its cause must be gone. */
  public synchronized void expire(String name, long millis) throws IOException {
    Instant oldest = clock.instant().minusMillis(millis);
    for (Map.Entry<String, Entry> each : file(name).read().entrySet()) {
      if (each.getValue().last().isBefore(oldest)) {
        clear(name, each.getKey().equals(NO_SITE) ? null : new SiteName(each.getKey()));
      }
    }
  }

  /** Clears every alert of a site that pghoard.json has no more, or that is active no more. */
  public synchronized void forget(SiteName site) throws IOException {
    for (String name : names) {
      clear(name, site);
    }
  }

  /** Clears the alerts of sites that went while no daemon ran. */
  synchronized void forgetStrangers() throws IOException {
    for (String name : names) {
      for (String site : file(name).read().keySet()) {
        boolean known =
            sites.config().sites().keySet().stream().anyMatch(each -> each.text().equals(site));
        if (!known && !site.equals(NO_SITE)) {
          clear(name, site, "site " + site);
        }
      }
    }
  }

  /** What is raised, for {@code GET /status}: by name, then by site. */
  synchronized Map<String, Object> raised() throws IOException {
    Map<String, Object> raised = new LinkedHashMap<>();
    for (String name : names) {
      List<Map<String, String>> bySite = new ArrayList<>();
      file(name)
          .read()
          .forEach(
              (site, entry) ->
                  bySite.add(
                      Map.of(
                          "site", site, "since", entry.since().toString(), "text", entry.text())));
      if (!bySite.isEmpty()) {
        raised.put(name, bySite);
      }
    }
    return raised;
  }

  private AlertFile file(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not the name of an alert (lower-case letters and underscores): " + name);
    }
    return new AlertFile(sites.config().alertFileDirectory().resolve(name));
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
