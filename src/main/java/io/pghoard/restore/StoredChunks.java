// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The chunks of a base backup that the store has. */
record StoredChunks(ObjectStore store, SiteKeys keys) {
  /**
   * Finds all chunks of a backup.
   *
   * @param wanted as the main object lists them
   * @throws RestoreRefusedException naming a chunk that is missing, or not as large as it was
   */
  List<RestoreChunk> require(BaseBackup backup, List<BaseBackupObject.Chunk> wanted)
      throws IOException {
    Map<ObjectKey, Long> sizes = sizes(backup);
    List<RestoreChunk> chunks = new ArrayList<>();
    for (BaseBackupObject.Chunk chunk : wanted) {
      ObjectKey key = new ObjectKey(keys.chunks() + chunk.fileName());
      Long size = sizes.get(key);
      if (size == null) {
        throw new RestoreRefusedException(
            "base backup %s cannot be restored: its chunk %s is not in the repository"
                .formatted(backup.name(), key));
      }
      if (size != chunk.resultSize()) {
        throw new RestoreRefusedException(
            "base backup %s cannot be restored: its chunk %s has %d bytes in the repository, and had %d"
                .formatted(backup.name(), key, size, chunk.resultSize()));
      }
      chunks.add(new RestoreChunk(key, chunk.fileName(), chunk.inputSize()));
    }
    return chunks;
  }

  /** The chunks that are missing, or not as large as they were, and which of the two. */
  Map<ObjectKey, String> lacking(BaseBackup backup, List<BaseBackupObject.Chunk> wanted)
      throws IOException {
    Map<ObjectKey, Long> sizes = sizes(backup);
    Map<ObjectKey, String> lacking = new LinkedHashMap<>();
    for (BaseBackupObject.Chunk chunk : wanted) {
      ObjectKey key = new ObjectKey(keys.chunks() + chunk.fileName());
      Long size = sizes.get(key);
      if (size == null) {
        lacking.put(key, "it is not in the repository");
      } else if (size != chunk.resultSize()) {
        lacking.put(
            key,
            "it has %d bytes in the repository, and had %d".formatted(size, chunk.resultSize()));
      }
    }
    return lacking;
  }

  private Map<ObjectKey, Long> sizes(BaseBackup backup) throws IOException {
    Map<ObjectKey, Long> sizes = new HashMap<>();
    for (StoredObject object : store.list(keys.chunks(backup.name()))) {
      sizes.put(object.key(), object.size());
    }
    return sizes;
  }
}
