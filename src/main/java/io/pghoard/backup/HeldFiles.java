// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.codec.TarEntry;
import io.pghoard.postgres.WalFileName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of a base backup that go into its main object and into no chunk, or nowhere: the
 * tablespace_map would send a restored tablespace back to where it came from.
 */
final class HeldFiles {
  private static final Set<String> SMALL =
      Set.of("backup_label", "tablespace_map", "global/pg_control");

  /** Far more than any of the small files needs. */
  private static final int LARGEST = 1 << 20;

  private final Path manifest;
  private final Path wal;
  private final Map<String, byte[]> contents = new HashMap<>();
  private Instant labelWritten = Instant.EPOCH;

  /**
   * Holds nothing yet.
   *
   * @param manifest the file that receives the backup_manifest, which may be large; WAL that comes
   *     with the backup goes into the directory wal beside it
   */
  HeldFiles(Path manifest) {
    this.manifest = manifest;
    this.wal = manifest.resolveSibling("wal");
  }

  /**
   * Keeps a file if it is one of those.
   *
   * @param name relative to the data directory
   */
  boolean keep(String name, TarEntry entry, InputStream content) throws IOException {
    if (name.equals("backup_manifest")) {
      Files.copy(content, manifest);
      return true;
    }
    if (name.startsWith("pg_wal/") && WalFileName.matches(name.substring("pg_wal/".length()))) {
      Files.createDirectories(wal);
      Files.copy(content, wal.resolve(name.substring("pg_wal/".length())));
      return true;
    }
    if (!SMALL.contains(name)) {
      return false;
    }
    if (entry.size() > LARGEST) {
      throw new IOException(name + " has " + entry.size() + " bytes");
    }
    contents.put(name, content.readNBytes(LARGEST));
    if (name.equals("backup_label")) {
      labelWritten = Instant.ofEpochSecond(entry.mtimeSeconds());
    }
    return true;
  }

  /** The WAL files that came with the backup, none unless they were asked for. */
  List<Path> wal() throws IOException {
    if (!Files.isDirectory(wal)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(wal)) {
      return files.sorted().toList();
    }
  }

  boolean hasPgControl() {
    return contents.containsKey("global/pg_control");
  }

  byte[] backupLabel() throws IOException {
    return held("backup_label");
  }

  /** The server's clock when it wrote the backup_label. */
  Instant labelWritten() {
    return labelWritten;
  }

  byte[] pgControl() throws IOException {
    return held("global/pg_control");
  }

  /** Of a cluster without further tablespaces it is empty. */
  byte[] tablespaceMap() {
    return contents.getOrDefault("tablespace_map", new byte[0]);
  }

  Path manifest() throws IOException {
    if (!Files.exists(manifest)) {
      throw new IOException("pg_basebackup sent no backup_manifest");
    }
    return manifest;
  }

  private byte[] held(String name) throws IOException {
    byte[] content = contents.get(name);
    if (content == null) {
      throw new IOException("pg_basebackup sent no " + name);
    }
    return content;
  }
}
