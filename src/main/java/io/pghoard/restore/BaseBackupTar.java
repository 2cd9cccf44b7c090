// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.LimitedInputStream;
import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.codec.TarWriter;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackup.Format;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PlainObject;
import io.pghoard.repository.PlainSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A base backup as one plain tar archive, decoded while it is written: {@code pgdata/...} and
 * {@code tablespaces/NAME/...}, with {@code pgdata/global/pg_control} last, so that what was
 * extracted of a part of it cannot be started.
 */
public final class BaseBackupTar {
  /** Far more than the file has. */
  private static final int LARGEST_CONTROL = 1 << 16;

  private final BaseBackup backup;
  private final StoredChunks stored;
  private final List<RestoreChunk> chunks;
  private @Nullable TarEntry control;
  private byte[] controlContent = {};

  private BaseBackupTar(BaseBackup backup, StoredChunks stored, List<RestoreChunk> chunks) {
    this.backup = backup;
    this.stored = stored;
    this.chunks = chunks;
  }

  static BaseBackupTar open(BaseBackup backup, StoredChunks stored) throws IOException {
    if (backup.format() == Format.RAW) {
      return new BaseBackupTar(
          backup, stored, List.of(new RestoreChunk(backup.key(), PlainSize.LARGEST)));
    }
    try (ObjectContent main = PlainObject.get(stored.store(), backup.key())) {
      TarReader tar = BaseBackupObject.open(main.stream());
      List<BaseBackupObject.Chunk> wanted = BaseBackupObject.readWithoutFiles(tar).chunks();
      BaseBackupTar found = new BaseBackupTar(backup, stored, stored.require(backup, wanted));
      // At its end the object proves to be whole.
      found.copy(tar, new TarWriter(OutputStream.nullOutputStream()));
      found.requireControl();
      return found;
    }
  }

  public BaseBackup backup() {
    return backup;
  }

  /** Writes the whole archive, read from the store meanwhile. */
  public void writeTo(OutputStream out) throws IOException {
    TarWriter writer = new TarWriter(out);
    if (backup.format() == Format.CHUNKS) {
      try (ObjectContent main = PlainObject.get(stored.store(), backup.key())) {
        copy(BaseBackupObject.open(main.stream()), writer);
      }
    }
    for (RestoreChunk chunk : chunks) {
      copy(chunk.key(), chunk.plainBytes(), writer);
    }
    writer.put(requireControl(), new ByteArrayInputStream(controlContent));
    writer.finish();
  }

  private TarEntry requireControl() throws IOException {
    TarEntry found = control;
    if (found == null) {
      throw new IOException("base backup " + backup.name() + " has no file pg_control");
    }
    return found;
  }

  private void copy(ObjectKey key, long bytes, TarWriter writer) throws IOException {
    try (ObjectContent chunk = PlainObject.get(stored.store(), key)) {
      copy(new TarReader(new LimitedInputStream(chunk.stream(), bytes)), writer);
    } catch (IOException e) {
      throw new IOException("cannot read " + key + ": " + e.getMessage(), e);
    }
  }

  private void copy(TarReader tar, TarWriter writer) throws IOException {
    for (TarEntry entry; (entry = tar.next()) != null; ) {
      // pg_basebackup's own archive, the oldest format, begins at the data directory.
      TarEntry named =
          backup.format() == Format.RAW ? entry.named("pgdata/" + entry.name()) : entry;
      if (named.name().equals(BaseBackupObject.PG_CONTROL)) {
        if (named.size() > LARGEST_CONTROL) {
          throw new IOException("its pg_control has " + named.size() + " bytes");
        }
        control = named;
        controlContent = tar.content().readAllBytes();
      } else if (!named.name().equals(BaseBackupObject.RECORD)) {
        writer.put(named, tar.content());
      }
    }
  }

  /**
   * Opens the backup's backup_manifest, PostgreSQL's own file.
   *
   * @throws UnknownBaseBackupException when it has none
   */
  public Manifest manifest() throws IOException {
    ObjectContent main = PlainObject.get(stored.store(), backup.key());
    try {
      if (backup.format() == Format.CHUNKS) {
        TarReader tar = BaseBackupObject.open(main.stream());
        for (TarEntry entry; (entry = tar.next()) != null; ) {
          if (entry.name().equals(BaseBackupObject.BACKUP_MANIFEST)) {
            return new Manifest(entry.size(), tar.content(), main);
          }
        }
      }
      throw new UnknownBaseBackupException(
          "base backup %s has no backup_manifest: the Python pghoard takes none, nor does PostgreSQL before version 13"
              .formatted(backup.name()));
    } catch (IOException | RuntimeException e) {
      main.close();
      throw e;
    }
  }

  /**
   * A backup_manifest that is being read.
   *
   * @param size in bytes
   */
  public record Manifest(long size, InputStream content, ObjectContent source)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      source.close();
    }
  }
}
