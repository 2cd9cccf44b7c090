// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.postgres.BackupManifest;
import io.pghoard.postgres.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
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

  private static final int NAMED = 5;

  private final boolean known;
  private final @Nullable Lsn endLsn;
  private final ExpectedFiles files;

  private FileChecks(boolean known, @Nullable Lsn endLsn, ExpectedFiles files) {
    this.known = known;
    this.endLsn = endLsn;
    this.files = files;
  }

  /** For a base backup without a manifest: any file is as good as another. */
  static FileChecks none() {
    return new FileChecks(false, null, ExpectedFiles.none());
  }

  /**
   * Reads a backup_manifest to its end.
   *
   * @throws IOException when it is damaged, or has checksums of an unknown kind
   */
  static FileChecks read(InputStream manifest) throws IOException {
    try (ExpectedFiles.Builder files = new ExpectedFiles.Builder()) {
      BackupManifest.Summary summary = BackupManifest.scan(manifest, file -> add(files, file));
      Lsn end = summary.walRanges().get(summary.walRanges().size() - 1).end();
      return new FileChecks(true, end, files.end());
    } catch (IllegalArgumentException e) {
      throw new IOException("the backup_manifest cannot be used: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void add(ExpectedFiles.Builder files, BackupManifest.FileEntry file) {
    if (file.path().equals(TABLESPACE_MAP)) {
      return;
    }
    String algorithm = file.checksumAlgorithm() == null ? "NONE" : file.checksumAlgorithm();
    String checksum = file.checksum() == null ? "" : file.checksum();
    try {
      files.add(new ExpectedFile(file.path(), file.size(), algorithm, checksum));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    AtomicLong bytes = new AtomicLong();
    files.forEach(
        file -> {
          if (path.test(file.path())) {
            bytes.addAndGet(file.size());
          }
        });
    return bytes.get();
  }

  int count() {
    return files.count();
  }

  /**
   * Starts the check of a file that comes now.
   *
   * @param size of the file, in bytes
   * @throws IOException when the manifest does not have it, or had it already
   */
  FileDigest start(String path, long size) throws IOException {
    ExpectedFile expected = files.get(path);
    if (expected != null) {
      requireSize(expected, size);
      return FileDigest.of(expected.algorithm());
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
    ExpectedFile expected = files.take(path);
    if (expected == null) {
      return;
    }
    requireSize(expected, size);
    String actual = HexFormat.of().formatHex(digest.finish());
    if (!actual.equals(expected.checksum())) {
      throw new IOException(
          "%s is not as it was backed up: its %s is %s, the backup_manifest says %s"
              .formatted(path, expected.algorithm(), actual, expected.checksum()));
    }
  }

  /**
   * Whether a file that is there is the one that was backed up, by its size and checksum. It has
   * come then.
   */
  boolean keep(String path, Path file) throws IOException {
    ExpectedFile expected = files.get(path);
    if (expected == null || expected.checksum().isEmpty() || Files.size(file) != expected.size()) {
      return false;
    }
    try {
      return HexFormat.of().formatHex(digest(file, expected)).equals(expected.checksum())
          && files.take(path) != null;
    } catch (IOException e) {
      // What cannot be read, be it for its rights or for a bad disk, is written anew.
      return false;
    }
  }

  private static byte[] digest(Path file, ExpectedFile expected) throws IOException {
    FileDigest digest = FileDigest.of(expected.algorithm());
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int length; (length = in.read(buffer)) != -1; ) {
        digest.update(buffer, 0, length);
      }
    }
    return digest.finish();
  }

  /** Whether a file of the manifest is in place. */
  boolean hasCome(String path) {
    return files.hasCome(path);
  }

  private static void requireSize(ExpectedFile expected, long size) throws IOException {
    if (size != expected.size()) {
      throw new IOException(
          "%s is not as it was backed up: it has %d bytes, the backup_manifest says %d"
              .formatted(FileNameBytes.shown(expected.path()), size, expected.size()));
    }
  }

  /**
   * To be called when everything is restored.
   *
   * @throws IOException when files of the manifest have not come
   */
  void requireComplete() throws IOException {
    int missing = files.waiting();
    if (missing > 0) {
      TreeSet<String> some = new TreeSet<>();
      files.forEach(
          file -> {
            some.add(file.path());
            if (some.size() > NAMED) {
              some.pollLast();
            }
          });
      throw new IOException(
          "the base backup lacks %d of the files that its backup_manifest lists: %s%s"
              .formatted(missing, String.join(", ", some), missing > NAMED ? ", ..." : ""));
    }
  }
}
