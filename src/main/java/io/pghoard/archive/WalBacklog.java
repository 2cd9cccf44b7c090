// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The WAL files that PostgreSQL keeps in pg_wal because it has not been told that they are
 * archived.
 *
 * @param oldest since when the first of them waits, null when none does
 */
public record WalBacklog(int files, @Nullable Instant oldest) {
  /** Counts the {@code .ready} files; a directory that is not there has none. */
  public static WalBacklog in(Path walDirectory) throws IOException {
    Path status = walDirectory.resolve("archive_status");
    if (!Files.isDirectory(status)) {
      return new WalBacklog(0, null);
    }
    int files = 0;
    Instant oldest = null;
    try (DirectoryStream<Path> ready = Files.newDirectoryStream(status, "*.ready")) {
      for (Path file : ready) {
        Instant since = changed(file);
        if (since != null) {
          files++;
          oldest = oldest == null || since.isBefore(oldest) ? since : oldest;
        }
      }
    }
    return new WalBacklog(files, oldest);
  }

  /** Null when PostgreSQL has renamed it meanwhile. */
  private static @Nullable Instant changed(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
