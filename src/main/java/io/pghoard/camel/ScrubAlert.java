// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

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

  ScrubAlert(Scrub scrub, Sites sites, Repositories repositories, BaseBackupSchedule schedule) {
    this.scrub = scrub;
    this.sites = sites;
    this.repositories = repositories;
    this.schedule = schedule;
  }

  /** What the marked objects of a site mean for its alert. */
  public List<AlertChange> changes(SiteName site) throws IOException {
    if (sites.get(site).scrubInterval() == null) {
      return List.of();
    }
    List<ObjectKey> damaged = scrub.damaged(site);
    return List.of(
        damaged.isEmpty()
            ? AlertChange.gone(ALERT, site)
            : new AlertChange(ALERT, site, text(site, damaged)));
  }

  private String text(SiteName site, List<ObjectKey> damaged) throws IOException {
    StringBuilder text = new StringBuilder();
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    for (ObjectKey object : damaged.subList(0, Math.min(TOLD, damaged.size()))) {
      text.append("%s is damaged: %s\n".formatted(object, scrub.reason(site, object)));
    }
    if (damaged.size() > TOLD) {
      text.append("and %d more\n".formatted(damaged.size() - TOLD));
    }
    List<String> backups =
        damaged.stream()
            .map(keys::baseBackupOf)
            .filter(backup -> backup != null)
            .distinct()
            .toList();
    if (!backups.isEmpty()) {
      text.append(
          "base backups that cannot be restored: %s\n".formatted(String.join(", ", backups)));
    }
    return text.append("put them back from a copy of the repository, if there is one; ")
        .append("look for the cause in what they are stored on")
        .toString();
  }

  /** Asks for a base backup in the place of the newest one, when that is damaged; once. */
  public void mend(SiteName site) throws IOException {
    if (scrub.damaged(site).isEmpty()) {
      asked.remove(site);
      return;
    }
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    Catalogue.Listing listing = new Catalogue(repositories.of(site), keys).listing();
    List<BaseBackup> backups = listing.readable();
    if (backups.isEmpty()) {
      return;
    }
    BaseBackup newest = backups.get(backups.size() - 1);
    if (listing.isDamaged(newest) && !newest.name().equals(asked.put(site, newest.name()))) {
      schedule.request(site);
      LOG.warn("Site {}: a base backup is asked for, as {} is damaged", site, newest.name());
    }
  }
}
