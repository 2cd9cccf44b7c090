// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and deletes chunks that belong to no base backup, as their main object was never written.
 */
final class ChunkSweep {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkSweep.class);

  /** No base backup takes that long between two chunks, on whatever host it is taken. */
  private static final Duration AGE = Duration.ofDays(1);

  private final ObjectStore store;
  private final SiteKeys keys;

  ChunkSweep(ObjectStore store, SiteKeys keys) {
    this.store = store;
    this.keys = keys;
  }

  /** The names of backups without a main object whose chunks are all this host's, or all old. */
  List<String> abandoned(String host, Instant now) throws IOException {
    Map<String, Boolean> abandoned = new TreeMap<>();
    // The chunks first: a backup that is completed meanwhile is then found to have a main object.
    for (StoredObject chunk : store.list(keys.chunks())) {
      boolean ours = host.equals(chunk.metadata().get("host"));
      boolean old = chunk.lastModified().isBefore(now.minus(AGE));
      abandoned.merge(backup(chunk.key(), keys), ours || old, Boolean::logicalAnd);
    }
    Set<ObjectKey> existing = new HashSet<>();
    store.list(keys.baseBackups()).forEach(object -> existing.add(object.key()));
    return abandoned.keySet().stream()
        .filter(abandoned::get)
        .filter(name -> !existing.contains(keys.mainObject(name)))
        .toList();
  }

  /**
   * Deletes the chunks of abandoned backups, one after the other.
   *
   * @param goesOn whether a backup is being taken here; asked anew for each, as one may have begun
   * @return the names of those backups
   */
  List<String> deleteAbandoned(String host, Instant now, Predicate<String> goesOn)
      throws IOException {
    List<String> deleted = new ArrayList<>();
    for (String name : abandoned(host, now)) {
      if (!goesOn.test(name)) {
        delete(name);
        deleted.add(name);
        LOG.info("{}: deleted the chunks of interrupted base backup {}", keys.prefix(), name);
      }
    }
    return deleted;
  }

  /** Deletes all chunks of a backup. */
  void delete(String backup) throws IOException {
    for (StoredObject chunk : store.list(keys.chunks(backup))) {
      store.delete(chunk.key());
    }
  }

  /** The name of the backup that a chunk belongs to. */
  static String backup(ObjectKey chunk, SiteKeys keys) {
    String below = chunk.text().substring(keys.chunks().length());
    int slash = below.indexOf('/');
    return slash < 0 ? below : below.substring(0, slash);
  }
}
