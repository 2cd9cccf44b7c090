// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.LocalStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.repository.KnownRepositories;
import io.pghoard.repository.LocalObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The repositories on local disk, by their directories. */
final class LocalRepositories {
  private final Map<Path, LocalObjectStore> stores = new ConcurrentHashMap<>();

  /**
   * Makes the repositories that no daemon has used yet, and removes what killed writers left in the
   * others; a daemon does so when it first hears of a repository and never later, as one that is
   * gone later is an unmounted disk and not an empty one. From then on a repository that is not the
   * one which was used is refused.
   */
  void create(PghoardConfig config) throws IOException {
    KnownRepositories known = new KnownRepositories(config.backupLocation());
    for (SiteConfig site : config.sites().values()) {
      if (site.storage() instanceof LocalStorage local && !stores.containsKey(local.directory())) {
        stores.put(local.directory(), known.open(local.directory()));
      }
    }
  }

  LocalObjectStore of(LocalStorage local) {
    return stores.computeIfAbsent(local.directory(), LocalObjectStore::new);
  }
}
