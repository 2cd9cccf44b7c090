// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The base backups of a site as {@code GET /SITE/basebackup} lists them. */
public final class BaseBackupList {
  private final Sites sites;
  private final Repositories repositories;

  public BaseBackupList(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.repositories = repositories;
  }

  /**
   * {@code {"basebackups": [{name, size, last_modified, metadata}, ...]}}, the oldest first; one
   * that is damaged has {@code damaged}, the keys of its damaged objects.
   */
  public Map<String, Object> of(SiteName site) throws IOException {
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    List<Map<String, Object>> backups = new ArrayList<>();
    Catalogue.Listing listing = new Catalogue(repositories.of(site), keys).listing();
    for (BaseBackup backup : listing.readable()) {
      StoredObject object = backup.object();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", object.key().name());
      entry.put("size", backup.storedSize());
      entry.put("last_modified", object.lastModified().toString());
      entry.put("metadata", object.metadata());
      if (listing.isDamaged(backup)) {
        entry.put("damaged", listing.damaged(backup).stream().map(ObjectKey::text).toList());
      }
      backups.add(entry);
    }
    return Map.of("basebackups", backups);
  }
}
