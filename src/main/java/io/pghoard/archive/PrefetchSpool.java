// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.OwnerOnly;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of one site that were fetched before they were asked for.
 *
 * <p>Each is handed out once: should a client find it wrong, its next try reads the repository.
 * What an earlier process left in the directory is deleted, never handed out.
 */
final class PrefetchSpool {
  private final Path directory;
  private final Map<WalFileName, FetchedWal> kept = new LinkedHashMap<>();

  PrefetchSpool(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory, OwnerOnly.DIRECTORY);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** An empty file for one request. */
  Path create(WalFileName name) throws IOException {
    return Files.createTempFile(directory, name.text() + ".", ".tmp", OwnerOnly.FILE);
  }

  synchronized boolean holds(WalFileName name) {
    return kept.containsKey(name);
  }

  synchronized Optional<FetchedWal> take(WalFileName name) {
    return Optional.ofNullable(kept.remove(name));
  }

  /** Keeps a file, and deletes the oldest ones so that no more than {@code limit} are kept. */
  synchronized void keep(FetchedWal file, int limit) throws IOException {
    FetchedWal former = kept.put(file.name(), file);
    if (former != null) {
      former.close();
    }
    while (kept.size() > limit) {
      kept.remove(kept.keySet().iterator().next()).close();
    }
  }
}
