// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackup.Format;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Finds base backups that are wanted as one tar archive each. */
public final class BaseBackupTars {
  private final Sites sites;
  private final Repositories repositories;

  public BaseBackupTars(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.repositories = repositories;
  }

  /**
   * Finds a base backup and reads its main object, so that what is wrong is known before anything
   * is sent.
   *
   * @param name its own, the name or key of its main object, or {@link RestoreRequest#LATEST}
   * @throws UnknownBaseBackupException when there is none of that name
   * @throws RestoreRefusedException when it is damaged, lacks a chunk, or is of an unknown format
   */
  public BaseBackupTar open(SiteName site, String name) throws IOException {
    SiteConfig config = sites.get(site);
    ObjectStore store = repositories.of(site);
    SiteKeys keys = new SiteKeys(config.prefix());
    Catalogue.Listing listing = new Catalogue(store, keys).listing();
    BaseBackup backup = find(site, name, listing);
    List<ObjectKey> damaged = listing.damaged(backup);
    if (!damaged.isEmpty()) {
      SomeNames names = new SomeNames();
      damaged.forEach(object -> names.add(object.text()));
      throw new RestoreRefusedException(
          "base backup %s is damaged: %s".formatted(backup.name(), names));
    }
    if (backup.format() != Format.CHUNKS && backup.format() != Format.RAW) {
      throw new RestoreRefusedException(
          "base backup %s is of the format %s, which this version cannot read"
              .formatted(backup.name(), backup.object().metadata().get("format")));
    }
    return BaseBackupTar.open(backup, new StoredChunks(store, keys));
  }

  private static BaseBackup find(SiteName site, String name, Catalogue.Listing listing)
      throws UnknownBaseBackupException {
    List<BaseBackup> all = listing.readable();
    boolean latest = name.equals(RestoreRequest.LATEST);
    List<BaseBackup> called =
        all.stream()
            .filter(each -> latest ? !listing.isDamaged(each) : each.isCalled(name))
            .toList();
    if (called.isEmpty()) {
      throw new UnknownBaseBackupException(
          "site %s has no base backup %s; it has %s"
              .formatted(
                  site,
                  name,
                  all.isEmpty()
                      ? "none"
                      : all.stream().map(BaseBackup::name).collect(Collectors.joining(", "))));
    }
    return called.get(called.size() - 1);
  }
}
