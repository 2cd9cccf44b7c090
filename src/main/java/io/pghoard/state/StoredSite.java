// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PlainObject;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.restore.RecoveryWindow;
import io.pghoard.restore.RecoveryWindows;
import io.pghoard.restore.RecoveryWindows.Report;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the store alone tells of a site, without a daemon, in the words that {@code
 * docs/http-api.md} documents.
 */
public record StoredSite(Sites sites, Repositories repositories) {
  /** All base backups, the oldest first, and the main objects that cannot be understood. */
  public Map<String, @Nullable Object> baseBackups(SiteName site) throws IOException {
    Report report = new RecoveryWindows(sites, repositories).of(site);
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    ObjectStore store = repositories.of(site);
    Map<String, Instant> preserved = new Catalogue(store, keys).preservedUntil();
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (RecoveryWindow window : report.windows()) {
      BaseBackup backup = window.backup();
      Map<String, @Nullable Object> facts = facts(backup);
      facts.put("tablespaces", tablespaces(store, backup));
      facts.put("restorable", window.restorable());
      facts.put("damaged", report.listing().damaged(backup).stream().map(ObjectKey::text).toList());
      facts.put(
          "preserved_until",
          preserved.entrySet().stream()
              .filter(each -> backup.isCalled(each.getKey()))
              .map(each -> each.getValue().toString())
              .findFirst()
              .orElse(null));
      all.add(facts);
    }
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("site", site.text());
    told.put("basebackups", all);
    told.put("unreadable", unreadable(report.listing()));
    return told;
  }

  /** The windows, the gaps, the timelines, and what keeps recovery from the newest WAL. */
  public Map<String, @Nullable Object> recovery(SiteName site) throws IOException {
    RecoveryWindows windows = new RecoveryWindows(sites, repositories);
    Report report = windows.of(site);
    RecoveryFacts facts = new RecoveryFacts(report);
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("site", site.text());
    told.put("windows", facts.windows());
    told.put("gaps", facts.gaps());
    told.put("timelines", facts.timelines());
    told.put(
        "trouble",
        report.windows().isEmpty()
            ? "site " + site + " has no base backup, so nothing can be recovered"
            : windows.broken(site));
    return told;
  }

  private static Map<String, @Nullable Object> facts(BaseBackup backup) {
    Map<String, String> metadata = backup.object().metadata();
    Instant end = backup.endTime();
    WalSegmentName endSegment = backup.endSegment();
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("basebackup", backup.name());
    facts.put("name", backup.key().name());
    facts.put("size", backup.storedSize());
    facts.put("plain_size", backup.plainSize());
    facts.put("start_time", backup.startTime().toString());
    facts.put("end_time", end == null ? null : end.toString());
    facts.put(
        "seconds", end == null ? null : Duration.between(backup.startTime(), end).toSeconds());
    facts.put("start_lsn", metadata.get("start-lsn"));
    facts.put("end_lsn", metadata.get("end-lsn"));
    facts.put("start_segment", backup.startSegment().toString());
    facts.put("end_segment", endSegment == null ? null : endSegment.toString());
    facts.put("timeline", Integer.toUnsignedLong(backup.startSegment().timeline()));
    facts.put("pg_version", backup.serverVersion());
    facts.put("last_modified", backup.object().lastModified().toString());
    facts.put("metadata", metadata);
    return facts;
  }

  /** Null where the main object does not tell, or cannot be read. */
  private static @Nullable List<Map<String, Object>> tablespaces(
      ObjectStore store, BaseBackup backup) {
    if (backup.format() != BaseBackup.Format.CHUNKS) {
      return null;
    }
    try (ObjectContent main = PlainObject.get(store, backup.key())) {
      BaseBackupObject record =
          BaseBackupObject.readWithoutFiles(BaseBackupObject.open(main.stream()));
      List<Map<String, Object>> all = new ArrayList<>();
      for (BaseBackupObject.Tablespace tablespace : record.tablespaces().values()) {
        all.add(
            Map.of("name", tablespace.name(), "oid", tablespace.oid(), "path", tablespace.path()));
      }
      return all;
    } catch (IOException e) {
      return null;
    }
  }

  private static List<Map<String, String>> unreadable(Catalogue.Listing listing) {
    List<Map<String, String>> all = new ArrayList<>();
    listing
        .unreadable()
        .forEach((key, why) -> all.add(Map.of("key", key.text(), "error", Objects.toString(why))));
    return all;
  }
}
