// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.SftpStorage;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.sftp.SftpObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code sftp} branch of the four doors: the sites' directories on SFTP servers. */
public final class SftpDoor implements AutoCloseable, SiteDoor {
  private static final Logger LOG = LoggerFactory.getLogger(SftpDoor.class);

  private final Sites sites;
  private final RetiredClients retired;
  private final Map<SftpStorage, SftpObjectStore> stores = new HashMap<>();

  public SftpDoor(Sites sites, RetiredClients retired) {
    this.sites = sites;
    this.retired = retired;
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

  /**
   * Removes what killed daemons left of a site; of a site elsewhere there is nothing here.
   *
   * @param age in milliseconds, from which on it is theirs
   */
  public void sweep(SiteName name, long age) throws IOException {
    SiteConfig config = sites.get(name);
    if (config.storage() instanceof SftpStorage) {
      store(name)
          .sweep(config.prefix() + "/", Duration.ofMillis(age))
          .forEach(path -> LOG.info("Removed the unfinished upload {}", path));
    }
  }

  private synchronized SftpObjectStore store(SiteName site) throws IOException {
    if (sites.get(site).storage() instanceof SftpStorage storage) {
      return stores.computeIfAbsent(storage, SftpObjectStore::new);
    }
    throw new IllegalArgumentException("site %s has no storage of type sftp".formatted(site));
  }

  /** Sites may share a store, which is let go of when none has it any more. */
  @Override
  public synchronized void forget(SiteName site) {
    stores
        .entrySet()
        .removeIf(
            entry -> {
              boolean used =
                  sites.config().sites().values().stream()
                      .anyMatch(each -> each.storage().equals(entry.getKey()));
              if (!used) {
                retired.add("sftp store of " + site, entry.getValue());
              }
              return !used;
            });
  }

  /** Ends the connections. */
  @Override
  public synchronized void close() {
    stores.values().forEach(SftpObjectStore::close);
    stores.clear();
  }
}
