// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.BackupManifest;
import io.pghoard.postgres.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a base backup's backup_manifest says of its files, and which of them are restored by now.
 *
 * <p>Paths are the manifest's: relative to the data directory, a tablespace's files below {@code
 * pg_tblspc/OID}. May be used by several threads.
 */
final class FileChecks {
  /** In the archive, and not restored: the links that it would make are made by the restore. */
  static final String TABLESPACE_MAP = "tablespace_map";

  private final boolean known;
  private final @Nullable Lsn endLsn;
  private final Map<String, Expected> waiting;

  /** One file's entry, in few bytes: a backup may have a million files. */
  private static final class Expected {
    final long size;
    final String algorithm;
    final byte[] checksum;

    Expected(long size, String algorithm, byte[] checksum) {
      this.size = size;
      this.algorithm = algorithm;
      this.checksum = checksum;
    }
  }

  private FileChecks(boolean known, @Nullable Lsn endLsn, Map<String, Expected> waiting) {
    this.known = known;
    this.endLsn = endLsn;
    this.waiting = waiting;
  }

  /** For a base backup without a manifest: any file is as good as another. */
  static FileChecks none() {
    return new FileChecks(false, null, new ConcurrentHashMap<>());
  }

  /**
   * Reads a backup_manifest to its end.
   *
   * @throws IOException when it is damaged, or has checksums of an unknown kind
   */
  static FileChecks read(InputStream manifest) throws IOException {
    Map<String, Expected> files = new HashMap<>();
    Lsn end;
    try {
      BackupManifest.Summary summary =
          BackupManifest.scan(
              manifest,
              file -> {
                String algorithm =
                    file.checksumAlgorithm() == null ? "NONE" : file.checksumAlgorithm();
                FileDigest.of(algorithm);
                String checksum = file.checksum() == null ? "" : file.checksum();
                Expected expected =
                    new Expected(
                        file.size(), algorithm.intern(), HexFormat.of().parseHex(checksum));
                if (files.put(file.path(), expected) != null) {
                  throw new IllegalArgumentException(file.path() + " is there twice");
                }
              });
      end = summary.walRanges().get(summary.walRanges().size() - 1).end();
    } catch (IllegalArgumentException e) {
      throw new IOException("the backup_manifest cannot be used: " + e.getMessage(), e);
    }
    files.remove(TABLESPACE_MAP);
    return new FileChecks(true, end, new ConcurrentHashMap<>(files));
  }

  /** Whether there is a manifest. */
  boolean known() {
    return known;
  }

  /** The end of the WAL that the backup needs to be consistent, or null when it is not known. */
  @Nullable Lsn endLsn() {
    return endLsn;
  }

  /** The bytes of all files still to come whose path fits. */
  long bytes(Predicate<String> path) {
    return waiting.entrySet().stream()
        .filter(file -> path.test(file.getKey()))
        .mapToLong(file -> file.getValue().size)
        .sum();
  }

  int count() {
    return waiting.size();
  }

  /**
   * Starts the check of a file that comes now.
   *
   * @throws IOException when the manifest does not have it, or had it already
   */
  FileDigest start(String path) throws IOException {
    Expected expected = waiting.get(path);
    if (expected != null) {
      return FileDigest.of(expected.algorithm);
    }
    // WAL that came with the backup has ranges in the manifest, and no entries.
    if (!known || path.startsWith("pg_wal/")) {
      return FileDigest.of("NONE");
    }
    throw new IOException("the base backup holds a file that its backup_manifest lacks: " + path);
  }

  /**
   * Ends the check of a file.
   *
   * @param digest fed with all of the file
   * @throws IOException when it is not the file that was backed up
   */
  void finish(String path, long size, FileDigest digest) throws IOException {
    Expected expected = waiting.remove(path);
    if (expected == null) {
      return;
    }
    if (size != expected.size) {
      throw new IOException(
          "%s is not as it was backed up: it has %d bytes, the backup_manifest says %d"
              .formatted(path, size, expected.size));
    }
    byte[] actual = digest.finish();
    if (!Arrays.equals(actual, expected.checksum)) {
      throw new IOException(
          "%s is not as it was backed up: its %s is %s, the backup_manifest says %s"
              .formatted(path, expected.algorithm, hex(actual), hex(expected.checksum)));
    }
  }

  /**
   * To be called when everything is restored.
   *
   * @throws IOException when files of the manifest have not come
   */
  void requireComplete() throws IOException {
    if (!waiting.isEmpty()) {
      List<String> some = waiting.keySet().stream().sorted().limit(5).toList();
      throw new IOException(
          "the base backup lacks %d of the files that its backup_manifest lists: %s%s"
              .formatted(
                  waiting.size(),
                  String.join(", ", some),
                  waiting.size() > some.size() ? ", ..." : ""));
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
