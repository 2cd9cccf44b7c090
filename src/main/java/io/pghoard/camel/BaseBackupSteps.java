// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.backup.BaseBackupRun;
import io.pghoard.backup.Chunk;
import io.pghoard.backup.ChunkCutter;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ObjectKey;
import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.StreamCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of a base backup do with the one that they take. */
public final class BaseBackupSteps {
  private static final Logger LOG = LoggerFactory.getLogger(BaseBackupSteps.class);

  /** Begins to cut the output of pg_basebackup into chunks. */
  public ChunkCutter cut(BaseBackupRun backup, InputStream output) throws IOException {
    return backup.chunks((RunningProgram) output);
  }

  public ObjectKey chunkKey(BaseBackupRun backup, Chunk chunk) {
    return backup.chunkKey(chunk);
  }

  public Map<String, String> chunkMetadata(BaseBackupRun backup, Chunk chunk) {
    return backup.chunkMetadata(chunk);
  }

  /** The bytes of an encoded body. */
  public long size(StreamCache encoded) {
    return encoded.length();
  }

  public void stored(BaseBackupRun backup, Chunk chunk, long size) {
    chunk.stored(size);
    LOG.debug(
        "Site {}: stored {} of base backup {}, {} bytes as {} in {} ms",
        backup.site(),
        chunk,
        backup.name(),
        chunk.size(),
        size,
        chunk.age());
  }

  public void failed(ChunkCutter chunks, Chunk chunk, Throwable cause) {
    chunks.failed(chunk, cause);
  }

  /** Returns when every chunk is stored, and throws when pg_basebackup or a chunk failed. */
  public void check(ChunkCutter chunks) throws IOException {
    chunks.check();
  }

  /**
   * The history of the backup's timeline, when it lies in the WAL directory and can be archived.
   */
  public @Nullable WalFileName historyInWalDirectory(BaseBackupRun backup) throws IOException {
    return backup.historyInWalDirectory().orElse(null);
  }

  /** The WAL files that pg_basebackup fetched with the backup. */
  public List<Path> fetchedWal(BaseBackupRun backup) throws IOException {
    return backup.fetchedWal();
  }

  public WalFileName walFileName(Path file) {
    return WalFileName.parse(String.valueOf(file.getFileName()));
  }

  /** Whether WAL that the backup needs is not in the repository yet. */
  public boolean waitsForWal(BaseBackupRun backup) throws IOException {
    return backup.waitsForWal();
  }

  public Path mainObject(BaseBackupRun backup) throws IOException {
    return backup.mainObject();
  }

  public ObjectKey mainKey(BaseBackupRun backup) {
    return backup.mainKey();
  }

  public Map<String, String> mainMetadata(BaseBackupRun backup) throws IOException {
    return backup.mainMetadata();
  }
}
