// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectSource;
import java.io.InputStream;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A chunk on its way into the repository. */
public final class ChunkObject implements ObjectSource {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkObject.class);

  private final BaseBackupRun backup;
  private final Chunk chunk;
  private long storedSize;

  ChunkObject(BaseBackupRun backup, Chunk chunk) {
    this.backup = backup;
    this.chunk = chunk;
  }

  @Override
  public InputStream content() {
    return chunk.content();
  }

  @Override
  public ObjectKey key() {
    return backup.chunkKey(chunk);
  }

  @Override
  public Map<String, String> metadata() {
    return backup.chunkMetadata(chunk);
  }

  @Override
  public void ready(long size) {
    storedSize = size;
  }

  /** It is durably in the repository. */
  public void stored() {
    chunk.stored(storedSize);
    LOG.debug(
        "Site {}: stored {} of base backup {}, {} bytes as {} in {} ms",
        backup.site(),
        chunk,
        backup.name(),
        chunk.size(),
        storedSize,
        chunk.age());
  }
}
