// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.scrub.Scrub;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alert of a site's damaged objects, and the base backup that takes the place of a lost one.
 */
public final class ScrubAlert {
  private static final Logger LOG = LoggerFactory.getLogger(ScrubAlert.class);
  private static final String ALERT = "object_damaged";
  private static final int TOLD = 5;

  private final Scrub scrub;
  private final Sites sites;
  private final Repositories repositories;
  private final BaseBackupSchedule schedule;
  private final Map<SiteName, String> asked = new ConcurrentHashMap<>();

  public ScrubAlert(
      Scrub scrub, Sites sites, Repositories repositories, BaseBackupSchedule schedule) {
    this.scrub = scrub;
    this.sites = sites;
    this.repositories = repositories;
    this.schedule = schedule;
  }

  /** What the marked objects of a site, and those that cannot be read, mean for its alert. */
  public List<AlertChange> changes(SiteName site) throws IOException {
    if (!scrub.isKnown(site)) {
      return List.of();
    }
    List<ObjectKey> damaged = scrub.damaged(site);
    Map<ObjectKey, String> unreadable = scrub.unreadable(site);
    return List.of(
        damaged.isEmpty() && unreadable.isEmpty()
            ? AlertChange.gone(ALERT, site)
            : new AlertChange(ALERT, site, text(site, damaged, unreadable)));
  }

  private String text(SiteName site, List<ObjectKey> damaged, Map<ObjectKey, String> unreadable)
      throws IOException {
    List<String> lines = new ArrayList<>();
    for (ObjectKey object : damaged.subList(0, Math.min(TOLD, damaged.size()))) {
      lines.add("%s is damaged: %s".formatted(object, scrub.reason(site, object)));
    }
    unreadable.entrySet().stream()
        .limit(TOLD)
        .forEach(
            each -> lines.add("%s cannot be read: %s".formatted(each.getKey(), each.getValue())));
    int more = damaged.size() + unreadable.size() - lines.size();
    if (more > 0) {
      lines.add("and %d more".formatted(more));
    }
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    List<String> backups =
        damaged.stream()
            .map(keys::baseBackupOf)
            .filter(backup -> backup != null)
            .distinct()
            .toList();
    if (!backups.isEmpty()) {
      lines.add("base backups that cannot be restored: " + String.join(", ", backups));
    }
    lines.add(
        "restore the damaged objects from a copy of the repository, if there is one; check the storage for the cause");
    return String.join("\n", lines);
  }

  /** Asks for a base backup in the place of the newest one, when that is damaged; once. */
  public void mend(SiteName site) throws IOException {
    if (scrub.damaged(site).isEmpty()) {
      return;
    }
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    Catalogue.Listing listing = new Catalogue(repositories.of(site), keys).listing();
    List<BaseBackup> backups = listing.readable();
    if (backups.isEmpty()) {
      return;
    }
    BaseBackup newest = backups.get(backups.size() - 1);
    if (listing.isDamaged(newest) && !newest.name().equals(asked.get(site))) {
      schedule.request(site);
      asked.put(site, newest.name());
      LOG.warn("Site {}: a base backup is requested because {} is damaged", site, newest.name());
    }
  }
}
