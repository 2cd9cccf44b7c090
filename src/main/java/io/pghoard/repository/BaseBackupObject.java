// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.codec.LimitedInputStream;
import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.codec.TarWriter;
import io.pghoard.postgres.WalSegmentName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The main object of a base backup in the format {@code pghoard-bb-v2}: a tar archive with a record
 * of the backup and its chunks, and with those of its files that a restore treats specially. It is
 * written last, and makes the backup exist.
 *
 * <pre>
 * .pghoard_tar_metadata.json    this record, always the first entry
 * pgdata/global/pg_control      a restore writes it last
 * pgdata/backup_label
 * pgdata/pg_wal/ ...            directories that must be there, however empty
 * pgdata/backup_manifest        PostgreSQL's own, unless the backup was taken by the Python pghoard
 * </pre>
 *
 * @param endSegment null when the Python pghoard took the backup on a standby
 * @param pgdata the data directory on the host where the cluster ran
 * @param host where the backup was taken
 * @param pghoardVersion that took it
 * @param tablespaces all but the default ones and those in pg_tblspc itself, by their keys
 * @param chunks in the order of their numbers
 */
public record BaseBackupObject(
    Instant startTime,
    WalSegmentName startSegment,
    Instant endTime,
    @Nullable WalSegmentName endSegment,
    String pgdata,
    String host,
    String pghoardVersion,
    Map<String, Tablespace> tablespaces,
    List<Chunk> chunks) {
  /** The format's name in the metadata of main objects and chunks. */
  public static final String FORMAT = "pghoard-bb-v2";

  /** So many chunks a base backup may have: 64 TiB of them with the default size of a chunk. */
  public static final int MOST_CHUNKS = 250_000;

  /** The name of the first entry. */
  public static final String RECORD = ".pghoard_tar_metadata.json";

  public static final String PG_CONTROL = "pgdata/global/pg_control";
  public static final String BACKUP_LABEL = "pgdata/backup_label";
  public static final String BACKUP_MANIFEST = "pgdata/backup_manifest";

  /** Only digits is an object id. */
  private static final Pattern PLAIN_NAME =
      Pattern.compile("(?![0-9]+$)[A-Za-z0-9_$-][A-Za-z0-9_$. -]*");

  private static final List<String> DIRECTORIES =
      List.of(
          "pgdata/pg_dynshmem",
          "pgdata/pg_replslot",
          "pgdata/pg_snapshots",
          "pgdata/pg_stat_tmp",
          "pgdata/pg_tblspc",
          "pgdata/pg_wal",
          "pgdata/pg_wal/archive_status");

  /**
   * A tablespace, whose files are in the chunks as {@code tablespaces/KEY/...}.
   *
   * @param path where it lay
   * @param name may be anything, even another tablespace's object id
   */
  public record Tablespace(String path, long oid, String name) {
    /**
     * Its name in the chunks and in the record: its own where that can be the name of a directory
     * and is no object id, else its object id.
     */
    public String key() {
      return PLAIN_NAME.matcher(name).matches() ? name : Long.toUnsignedString(oid);
    }
  }

  /**
   * One chunk.
   *
   * @param fileName as {@link SiteKeys#chunkFileName} has it: relative to {@link SiteKeys#chunks()}
   * @param inputSize of the plain tar, in bytes
   * @param resultSize as stored, in bytes
   * @param files the names of its entries that are files
   */
  public record Chunk(String fileName, long inputSize, long resultSize, List<String> files) {
    private static final int LONGEST_FILE_NAME = 512;

    /** The sum of all sizes of a backup is a number of 63 bits. */
    private static final long LARGEST = 1L << 44;

    public Chunk {
      files = List.copyOf(files);
      if (fileName.length() > LONGEST_FILE_NAME) {
        throw new IllegalArgumentException(
            "the name of a chunk has more than " + LONGEST_FILE_NAME + " characters");
      }
      if (inputSize < 0 || inputSize > LARGEST || resultSize < 0 || resultSize > LARGEST) {
        throw new IllegalArgumentException(
            "chunk %s has an impossible size: %d bytes, %d as stored"
                .formatted(fileName, inputSize, resultSize));
      }
    }
  }

  public BaseBackupObject {
    tablespaces = new TreeMap<>(tablespaces);
    chunks = List.copyOf(chunks);
  }

  /** The sum of the plain sizes of all chunks, in bytes. */
  public long plainSize() {
    return chunks.stream().mapToLong(Chunk::inputSize).sum();
  }

  /** The sum of the stored sizes of all chunks, in bytes. */
  public long storedSize() {
    return chunks.stream().mapToLong(Chunk::resultSize).sum();
  }

  /**
   * Writes the whole archive.
   *
   * @param manifest the file with PostgreSQL's backup_manifest
   */
  public void write(OutputStream out, byte[] pgControl, byte[] backupLabel, Path manifest)
      throws IOException {
    TarWriter tar = new TarWriter(out);
    long time = endTime.getEpochSecond();
    // The entry's header tells the size, so the text is made twice rather than kept.
    CountingOutputStream counted = new CountingOutputStream();
    BaseBackupJson.write(this, counted);
    out.write(TarWriter.header(TarEntry.file(RECORD, counted.size, time)));
    BaseBackupJson.write(this, out);
    out.write(new byte[TarWriter.padding(TarEntry.file(RECORD, counted.size, time))]);
    tar.put(TarEntry.file(PG_CONTROL, pgControl.length, time), new ByteArrayInputStream(pgControl));
    tar.put(
        TarEntry.file(BACKUP_LABEL, backupLabel.length, time),
        new ByteArrayInputStream(backupLabel));
    for (String directory : DIRECTORIES) {
      tar.put(TarEntry.directory(directory, time));
    }
    try (InputStream content = Files.newInputStream(manifest)) {
      tar.put(TarEntry.file(BACKUP_MANIFEST, Files.size(manifest), time), content);
    }
    tar.finish();
  }

  /** Opens the archive of a main object, which fails when it is larger than any. */
  public static TarReader open(InputStream plain) {
    return new TarReader(new LimitedInputStream(plain, PlainSize.LARGEST_MAIN_OBJECT));
  }

  /**
   * Reads the record; the entries after it are there to be read from {@code tar}.
   *
   * @throws IOException when the archive does not start with a record, or with one that cannot be
   *     understood
   */
  public static BaseBackupObject read(TarReader tar) throws IOException {
    return read(tar, true);
  }

  /** The same, of chunks without the names of their files: there may be millions. */
  public static BaseBackupObject readWithoutFiles(TarReader tar) throws IOException {
    return read(tar, false);
  }

  /**
   * Reads of the record which chunks a restore needs.
   *
   * @param wanted whether a file, by the name of its entry, is needed
   * @return the {@link Chunk#fileName} of each chunk that has such a file, or no files at all
   */
  public static Set<String> chunksWith(TarReader tar, Predicate<String> wanted) throws IOException {
    requireRecord(tar);
    return BaseBackupJson.chunksWith(tar.content(), wanted);
  }

  private static BaseBackupObject read(TarReader tar, boolean withFiles) throws IOException {
    requireRecord(tar);
    return BaseBackupJson.read(tar.content(), withFiles);
  }

  private static void requireRecord(TarReader tar) throws IOException {
    TarEntry entry = tar.next();
    if (entry == null || !entry.name().equals(RECORD)) {
      throw new IOException(
          "the main object of a base backup starts with "
              + (entry == null ? "nothing" : entry.name())
              + " instead of "
              + RECORD);
    }
  }

  /** Counts what is written, and forgets it. */
  private static final class CountingOutputStream extends OutputStream {
    private long size;

    @Override
    public void write(int b) {
      size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      size += length;
    }
  }
}
