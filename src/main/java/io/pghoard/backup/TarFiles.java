// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tar archives of a cluster with several tablespaces, which pg_basebackup only writes to a
 * directory: {@code base.tar} and {@code OID.tar}. Each file is gone once it is read.
 */
final class TarFiles implements BackupTars {
  private final InputStream output;
  private final Path directory;
  private final Deque<Map.Entry<String, Path>> files = new ArrayDeque<>();
  private boolean written;
  private @Nullable InputStream open;

  /**
   * Waits for a program, then reads what it wrote.
   *
   * @param output ends when the program does
   * @param tablespaces the names of tablespaces by their object ids
   */
  TarFiles(InputStream output, Path directory, Map<Long, String> tablespaces) {
    this.output = output;
    this.directory = directory;
    files.add(Map.entry("pgdata/", directory.resolve("base.tar")));
    tablespaces.forEach(
        (oid, name) ->
            files.add(Map.entry("tablespaces/" + name + "/", directory.resolve(oid + ".tar"))));
  }

  /** Where pg_basebackup puts the backup_manifest, which is in none of the archives. */
  static Path manifest(Path directory) {
    return directory.resolve("backup_manifest");
  }

  @Override
  public @Nullable Tar next() throws IOException {
    if (!written) {
      output.transferTo(OutputStream.nullOutputStream());
      written = true;
      refuseUnknownTars();
    }
    if (open != null) {
      open.close();
    }
    Map.Entry<String, Path> next = files.poll();
    if (next == null) {
      return null;
    }
    InputStream file =
        Files.newInputStream(
            next.getValue(), StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
    open = file;
    return new Tar(next.getKey(), file);
  }

  @Override
  public void close() throws IOException {
    output.close();
    if (open != null) {
      open.close();
    }
  }

  /** A tablespace that was made after the list was. */
  private void refuseUnknownTars() throws IOException {
    try (var tars = Files.newDirectoryStream(directory, "*.tar")) {
      for (Path tar : tars) {
        if (files.stream().noneMatch(known -> known.getValue().equals(tar))) {
          throw new IOException(
              "the backup has a tablespace that was made after it had begun: "
                  + tar.getFileName()
                  + "; the next backup will have it");
        }
      }
    }
  }
}
