// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.LocalStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.KnownRepositories;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The {@code file} branch of the four doors: the sites' repositories on local disk. */
public final class LocalDoor {
  private final Sites sites;
  private final Map<Path, LocalObjectStore> stores = new ConcurrentHashMap<>();

  public LocalDoor(Sites sites) {
    this.sites = sites;
  }

  /**
   * Makes the repositories that no daemon has used yet, and removes what killed writers left in the
   * others; a daemon does so when it first hears of a repository and never later, as one that is
   * gone later is an unmounted disk and not an empty one. From then on the door refuses a
   * repository that is not the one which was used.
   */
  public void create(PghoardConfig config) throws IOException {
    KnownRepositories known = new KnownRepositories(config.backupLocation());
    for (SiteConfig site : config.sites().values()) {
      if (site.storage() instanceof LocalStorage local && !stores.containsKey(local.directory())) {
        stores.put(local.directory(), known.open(local.directory()));
      }
    }
  }

  public void put(SiteName site, ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    store(site).put(key, metadata, body);
  }

  public ObjectContent get(SiteName site, ObjectKey key) throws IOException {
    return store(site).get(key);
  }

  /**
   * The objects below a prefix.
   *
   * @param namesOnly true: their keys alone; a route that does not care leaves the variable unset
   */
  public List<?> list(SiteName site, String prefix, @Nullable Boolean namesOnly)
      throws IOException {
    return Boolean.TRUE.equals(namesOnly) ? store(site).keys(prefix) : store(site).list(prefix);
  }

  public void delete(SiteName site, List<ObjectKey> keys) throws IOException {
    store(site).delete(keys);
  }

  private LocalObjectStore store(SiteName site) throws IOException {
    if (sites.get(site).storage() instanceof LocalStorage local) {
      return stores.computeIfAbsent(local.directory(), LocalObjectStore::new);
    }
    throw new IllegalArgumentException("site %s has no local storage".formatted(site));
  }
}
