// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.backup.BaseBackupRun;
import io.pghoard.backup.Chunk;
import io.pghoard.backup.ChunkCutter;
import io.pghoard.backup.ChunkObject;
import io.pghoard.postgres.WalFileName;
import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the routes of a base backup do with the one that they take. */
public final class BaseBackupSteps {
  /** Begins to cut the output of pg_basebackup into chunks. */
  public ChunkCutter cut(BaseBackupRun backup, InputStream output) throws IOException {
    return backup.chunks((RunningProgram) output);
  }

  public ChunkObject object(BaseBackupRun backup, Chunk chunk) {
    return backup.chunkObject(chunk);
  }

  public void stored(ChunkObject chunk) {
    chunk.stored();
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
}
