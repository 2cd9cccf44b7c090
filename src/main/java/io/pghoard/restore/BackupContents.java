// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.BaseBackupObject.Chunk;
import io.pghoard.repository.BaseBackupObject.Tablespace;
import io.pghoard.repository.ContentMismatchException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A base backup that is read back and written nowhere: each of its files is compared with
 * PostgreSQL's backup_manifest, as a restore does.
 */
public final class BackupContents {
  /** In a backup, and in no restored cluster. */
  private static final Set<String> NOT_RESTORED =
      Set.of(FileChecks.TABLESPACE_MAP, "postmaster.pid", "postmaster.opts");

  private final BaseBackupObject record;
  private final FileChecks checks;

  private BackupContents(BaseBackupObject record, FileChecks checks) {
    this.record = record;
    this.checks = checks;
  }

  /** Learns from a backup's main object which chunks and files it should have. */
  public static BackupContents of(InputStream mainObject) throws IOException {
    MainObject main = MainObject.read(mainObject);
    return new BackupContents(main.record(), main.checks());
  }

  /** Whether the backup has a backup_manifest to compare with. */
  public boolean hasManifest() {
    return checks.known();
  }

  public List<Chunk> chunks() {
    return record.chunks();
  }

  /** How many plain bytes the chunks should have. */
  public long plainBytes() {
    return record.plainSize();
  }

  /** The chunks that are missing, or not as large as they were, and which of the two. */
  public Map<ObjectKey, String> lacking(ObjectStore store, SiteKeys keys, BaseBackup backup)
      throws IOException {
    return new StoredChunks(store, keys).lacking(backup, record.chunks());
  }

  /**
   * Compares the files of a main object, or of a chunk.
   *
   * @throws ContentMismatchException naming the first one that is not as it was backed up
   */
  public void check(InputStream archive) throws IOException {
    TarReader tar = new TarReader(archive);
    for (TarEntry entry; (entry = tar.next()) != null; ) {
      String path = path(entry);
      boolean ours =
          entry.name().equals(BaseBackupObject.RECORD)
              || entry.name().equals(BaseBackupObject.BACKUP_MANIFEST);
      if (entry.type() == TarEntry.Type.FILE && !ours && !NOT_RESTORED.contains(path)) {
        check(path, entry, tar.content());
      }
    }
  }

  private void check(String path, TarEntry entry, InputStream content) throws IOException {
    FileDigest digest;
    try {
      digest = checks.start(path, entry.size());
    } catch (IOException e) {
      throw new ContentMismatchException(String.valueOf(e.getMessage()), e);
    }
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    for (int length; (length = content.read(buffer)) != -1; size += length) {
      digest.update(buffer, 0, length);
    }
    try {
      checks.finish(path, size, digest);
    } catch (IOException e) {
      throw new ContentMismatchException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What the manifest calls an entry. */
  private String path(TarEntry entry) throws ContentMismatchException {
    String name = entry.name();
    if (name.equals(BaseBackupObject.RECORD)) {
      return name;
    }
    if (name.equals("pgdata") || name.startsWith("pgdata/")) {
      return name.substring(Math.min("pgdata/".length(), name.length()));
    }
    if (name.startsWith("tablespaces/")) {
      String below = name.substring("tablespaces/".length());
      // The Python pghoard writes a tablespace's name as it is, slashes and all.
      for (int end = below.length(); end > 0; end = below.lastIndexOf('/', end - 1)) {
        Tablespace tablespace = record.tablespaces().get(below.substring(0, end));
        if (tablespace != null) {
          return "pg_tblspc/"
              + Long.toUnsignedString(tablespace.oid())
              + "/"
              + below.substring(Math.min(end + 1, below.length()));
        }
      }
    }
    throw new ContentMismatchException(
        "it holds an entry that belongs nowhere: " + FileNameBytes.shown(name));
  }

  /**
   * To be called when everything was read.
   *
   * @throws ContentMismatchException when files of the manifest have not come
   */
  public void requireComplete() throws ContentMismatchException {
    try {
      checks.requireComplete();
    } catch (IOException e) {
      throw new ContentMismatchException(String.valueOf(e.getMessage()), e);
    }
  }
}
