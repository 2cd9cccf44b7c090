// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.alert.AlertChange;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much was stored and fetched, by site, way and kind of object; the counts go on over restarts
 * by way of the state file.
 */
public final class Transfers {
  public static final String UPLOAD = "upload";
  public static final String DOWNLOAD = "download";
  private static final String ALERT = "upload_retries_warning";
  private static final Set<String> KINDS =
      Set.of("xlog", "timeline", "basebackup", "basebackup_chunk");

  private final Sites sites;
  private final Clock clock;
  private final Map<String, Map<String, Map<String, TransferCount>>> bySite = new TreeMap<>();
  private final Map<String, Integer> failuresInARow = new TreeMap<>();
  private final Set<String> succeeded = new HashSet<>();
  private final Map<String, Long> walSinceBaseBackup = new TreeMap<>();

  public Transfers(Sites sites, Clock clock) {
    this.sites = sites;
    this.clock = clock;
  }

  /** Goes on from what a state file has. */
  public synchronized void restore(JsonNode state) {
    state
        .path("transfer_agent_state")
        .properties()
        .forEach(
            site -> {
              for (String way : List.of(UPLOAD, DOWNLOAD)) {
                JsonNode kinds = site.getValue().path(way);
                KINDS.stream()
                    .filter(kinds::has)
                    .forEach(
                        kind ->
                            ofWay(site.getKey(), way)
                                .put(kind, TransferCount.read(kinds.path(kind))));
              }
              walSinceBaseBackup.put(
                  site.getKey(), site.getValue().path("xlogs_since_basebackup").asLong());
            });
  }

  public synchronized void succeeded(
      SiteName site, String way, ObjectKey key, long bytes, double seconds) {
    String kind = kind(site, key);
    if (kind == null) {
      return;
    }
    count(site, way, kind).succeeded(key.name(), bytes, seconds, clock.instant());
    if (way.equals(UPLOAD)) {
      failuresInARow.remove(site.text());
      succeeded.add(site.text());
      if (kind.equals("xlog")) {
        walSinceBaseBackup.merge(site.text(), 1L, Long::sum);
      } else if (kind.equals("basebackup")) {
        walSinceBaseBackup.put(site.text(), 0L);
      }
    }
  }

  public synchronized void failed(SiteName site, String way, ObjectKey key, String reason) {
    String kind = kind(site, key);
    if (kind == null) {
      return;
    }
    count(site, way, kind).failed(reason, clock.instant());
    if (way.equals(UPLOAD)) {
      failuresInARow.merge(site.text(), 1, Integer::sum);
    }
  }

  /**
   * What the failures to store mean for alerts. Without a success since this process began nobody
   * knows whether the cause of a former run's alert is gone.
   */
  public synchronized List<AlertChange> alerts() {
    int limit = sites.config().uploadRetriesWarningLimit();
    List<AlertChange> changes = new ArrayList<>();
    for (SiteName site : sites.config().sites().keySet()) {
      int failures = failuresInARow.getOrDefault(site.text(), 0);
      if (failures > limit) {
        changes.add(
            new AlertChange(
                ALERT,
                site,
                "storing has failed %d times in a row, retries included: %s\ncheck the site's object_storage; nothing is lost: PostgreSQL keeps its WAL, and base backups are taken again"
                    .formatted(failures, lastFailure(site))));
      } else if (failures == 0 && succeeded.contains(site.text())) {
        changes.add(AlertChange.gone(ALERT, site));
      }
    }
    return changes;
  }

  private @Nullable String lastFailure(SiteName site) {
    return ofWay(site.text(), UPLOAD).values().stream()
        .filter(count -> count.failuresInARow() > 0)
        .map(TransferCount::lastFailure)
        .findFirst()
        .orElse(null);
  }

  /** By site, way and kind, as the state file has it. */
  public synchronized Map<String, Object> state() {
    Map<String, Object> state = new TreeMap<>();
    for (SiteName site : sites.config().sites().keySet()) {
      Map<String, Object> ofSite = new TreeMap<>();
      for (String way : List.of(UPLOAD, DOWNLOAD)) {
        Map<String, Object> kinds = new TreeMap<>();
        ofWay(site.text(), way).forEach((kind, count) -> kinds.put(kind, count.state()));
        ofSite.put(way, kinds);
      }
      ofSite.put("xlogs_since_basebackup", walSinceBaseBackup.getOrDefault(site.text(), 0L));
      state.put(site.text(), ofSite);
    }
    return state;
  }

  private TransferCount count(SiteName site, String way, String kind) {
    return ofWay(site.text(), way).computeIfAbsent(kind, any -> new TransferCount());
  }

  private Map<String, TransferCount> ofWay(String site, String way) {
    return bySite
        .computeIfAbsent(site, any -> new TreeMap<>())
        .computeIfAbsent(way, any -> new TreeMap<>());
  }

  /** Null for what is none of the kinds that are counted, or of a site that is gone. */
  private @Nullable String kind(SiteName site, ObjectKey key) {
    String prefix;
    try {
      prefix = sites.get(site).prefix() + "/";
    } catch (IOException e) {
      return null;
    }
    String text = key.text();
    int end = text.indexOf('/', prefix.length());
    if (!text.startsWith(prefix) || end < 0) {
      return null;
    }
    String kind = text.substring(prefix.length(), end);
    return KINDS.contains(kind) ? kind : null;
  }
}
