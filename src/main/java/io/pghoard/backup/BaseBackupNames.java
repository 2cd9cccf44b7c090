// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of base backups that this service has given, but for those that failed: {@code
 * 2026-11-22_09-55_0}, the minute in UTC at which it began and a number that makes it unique.
 */
final class BaseBackupNames {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd_HH-mm").withZone(ZoneOffset.UTC);

  private final Map<SiteName, Set<String>> given = new HashMap<>();

  /** A name that no backup of the site has, nor any chunk that lies in its repository. */
  String next(SiteConfig site, ObjectStore store, Instant now) throws IOException {
    SiteKeys keys = new SiteKeys(site.prefix());
    String minute = MINUTE.format(now) + "_";
    Set<String> stored = new HashSet<>();
    for (StoredObject object : store.list(keys.baseBackups() + minute)) {
      stored.add(object.key().name());
    }
    Set<String> chunks = new HashSet<>();
    for (StoredObject object : store.list(keys.chunks() + minute)) {
      chunks.add(ChunkSweep.backup(object.key(), keys));
    }
    // The store was asked without the lock: it may not answer, and other sites need names too.
    synchronized (this) {
      Set<String> known = given.computeIfAbsent(site.name(), any -> new HashSet<>());
      int number = 0;
      while (known.contains(minute + number)
          || chunks.contains(minute + number)
          || stored.contains(minute + number)
          || stored.contains(keys.mainObject(minute + number).name())) {
        number++;
      }
      known.add(minute + number);
      return minute + number;
    }
  }

  synchronized void forget(SiteName site, String name) {
    Set<String> known = given.get(site);
    if (known != null) {
      known.remove(name);
    }
  }

  synchronized Set<String> known(SiteName site) {
    return Set.copyOf(given.getOrDefault(site, Set.of()));
  }
}
