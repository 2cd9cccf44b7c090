// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds and deletes chunks that belong to no base backup, as their main object was never written.
 */
final class ChunkSweep {
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
