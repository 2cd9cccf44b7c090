// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.DaemonStorage;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.daemon.DaemonObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads the objects of a site from another pghoard daemon, for the storage routes. */
public final class DaemonDoor {
  private final Sites sites;
  private final Map<SiteName, DaemonObjectStore> stores = new ConcurrentHashMap<>();

  public DaemonDoor(Sites sites) {
    this.sites = sites;
  }

  public void put(SiteName site, ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    store(site).put(key, metadata, body);
  }

  public ObjectContent get(SiteName site, ObjectKey key) throws IOException {
    return store(site).get(key);
  }

  /** As {@link LocalDoor#list}. */
  public List<?> list(SiteName site, String prefix, @Nullable Boolean namesOnly)
      throws IOException {
    return Boolean.TRUE.equals(namesOnly) ? store(site).keys(prefix) : store(site).list(prefix);
  }

  public void delete(SiteName site, List<ObjectKey> keys) throws IOException {
    store(site).delete(keys);
  }

  private DaemonObjectStore store(SiteName site) throws IOException {
    if (sites.get(site).storage() instanceof DaemonStorage daemon) {
      return stores.computeIfAbsent(site, name -> new DaemonObjectStore(name, daemon));
    }
    throw new IllegalArgumentException("site %s is not read from a daemon".formatted(site));
  }
}
