// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.postgres.DataDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where one tablespace of a restored cluster goes.
 *
 * <p>A cluster has a directory of its own there, named after its version, such as PG_15_202209061;
 * after a pg_upgrade the old and the new cluster lie side by side.
 *
 * @param key its name in the chunks: {@code tablespaces/KEY/...}
 * @param catalogVersion of the backed-up cluster
 */
record TablespaceDirectory(String key, String name, long oid, Path path, int catalogVersion) {
  /** The link to it in a data directory. */
  Path link(Path dataDirectory) {
    return dataDirectory.resolve("pg_tblspc").resolve(Long.toUnsignedString(oid));
  }

  /** Whether a file of the backup's manifest lies here. */
  boolean holds(String manifestPath) {
    return manifestPath.startsWith("pg_tblspc/" + Long.toUnsignedString(oid) + "/");
  }

  /**
   * Whether the cluster in this data directory has its tablespace here, so that overwriting the one
   * overwrites the other.
   */
  boolean belongsTo(Path dataDirectory) throws IOException {
    Path link = link(dataDirectory);
    return Files.isSymbolicLink(link)
        && TargetDirectory.real(link).equals(TargetDirectory.real(path));
  }

  /**
   * Refuses a directory that holds anything but what overwriting the cluster in the data directory
   * deletes, or what a cluster of another version has there.
   *
   * @throws RestoreRefusedException with the reason
   */
  void requireUsable(RestoreRequest request) throws IOException {
    Path data = request.targetDirectory();
    if (!request.overwrite() || !belongsTo(data)) {
      new TargetDirectory(path).requireUsableForTablespace(FileNameBytes.shown(name));
      return;
    }
    clearing(data).requirePossible();
    Predicate<Path> overwritten = overwritten(data);
    for (Path entry : entries()) {
      if (isWritten(entry) && !overwritten.test(entry)) {
        throw new RestoreRefusedException(
            "the directory for tablespace %s holds %s, which the cluster in %s does not use: it is of another one, of the base backup's version. Map the tablespace to another directory (--tablespace-dir %s=DIR), or delete that one if no cluster uses it"
                .formatted(FileNameBytes.shown(name), entry, data, Long.toUnsignedString(oid)));
      }
    }
  }

  /** What overwriting the cluster in the data directory deletes here: its own files. */
  Clearing clearing(Path dataDirectory) throws IOException {
    Predicate<Path> overwritten = overwritten(dataDirectory);
    Set<Path> spared = new HashSet<>(entries());
    spared.removeIf(overwritten);
    return Clearing.of(List.of(path), spared);
  }

  /** What is of the cluster in the data directory. */
  private Predicate<Path> overwritten(Path dataDirectory) {
    try {
      String start = "PG_" + new DataDirectory(dataDirectory).majorVersion() + "_";
      return entry -> String.valueOf(entry.getFileName()).startsWith(start);
    } catch (IOException e) {
      // Damaged, or a restore that was cut off: that wrote what this one writes.
      return this::isWritten;
    }
  }

  /**
   * Whether the base backup writes to an entry.
   *
   * <p>Source: TABLESPACE_VERSION_DIRECTORY in PostgreSQL's relpath.h.
   */
  private boolean isWritten(Path entry) {
    String name = String.valueOf(entry.getFileName());
    return name.startsWith("PG_") && name.endsWith("_" + Integer.toUnsignedString(catalogVersion));
  }

  private List<Path> entries() throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      List<Path> all = new ArrayList<>();
      entries.forEach(all::add);
      return all;
    }
  }
}
