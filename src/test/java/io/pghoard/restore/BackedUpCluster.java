// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.pghoard.codec.Compression;
import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.codec.TarWriter;
import io.pghoard.postgres.BackupLabel;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A real cluster whose base backups and WAL are brought into a repository by this class alone, so
 * that a restore is tested against PostgreSQL's own files and nothing else of ours.
 */
public final class BackedUpCluster implements AutoCloseable {
  public static final String BACKUP = "2026-01-31_17-30_0";

  private final HandMadeRepository repository;
  private final LocalObjectStore store;
  private final SiteKeys keys = new SiteKeys("main");
  private final Path archive;
  private final PostgresCluster cluster;
  private List<BaseBackupObject.Chunk> chunks = List.of();

  /** Starts a cluster with small WAL segments, that archives. */
  public BackedUpCluster(Path home) throws IOException {
    repository = new HandMadeRepository(home.resolve("repository"));
    store = new LocalObjectStore(home.resolve("repository"));
    store.sweep();
    archive = Files.createDirectory(home.resolve("archive"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rwxrwxrwx"));
    cluster =
        PostgresCluster.create(
            ClusterOptions.standard()
                .withWalSegmentMegabytes(1)
                .withChecksums()
                .archivingWith(
                    "cp %p " + archive + "/.%f && mv " + archive + "/.%f " + archive + "/%f"));
  }

  public PostgresCluster cluster() {
    return cluster;
  }

  public Path configFile() throws IOException {
    return repository.configFile();
  }

  /** A program with the options of pghoard_postgres_command that copies from the archive. */
  public Path restoreProgram() throws IOException {
    Path program = archive.resolveSibling("restore-program");
    Files.writeString(
        program,
        """
        #!/bin/sh
        while [ $# -gt 0 ]; do
          case $1 in
            --output) output=$2 ;;
            --xlog) xlog=$2 ;;
          esac
          shift 2
        done
        test -f %1$s/$xlog || exit 1
        cp %1$s/$xlog $output
        """
            .formatted(archive));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  /** Finishes the segment that is written now, and stores all WAL up to it. */
  public void archiveWal() throws IOException {
    String segment = cluster.switchWal();
    await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(archive.resolve(segment)));
    try (Stream<Path> files = Files.list(archive)) {
      for (Path file : files.sorted().toList()) {
        if (!WalFileName.matches(file.getFileName().toString())) {
          continue;
        }
        WalFileName name = WalFileName.parse(file.getFileName().toString());
        if (store.list(keys.wal(name).text()).isEmpty()) {
          store.put(
              keys.wal(name),
              Map.of("original-file-size", Long.toString(Files.size(file))),
              new ByteArrayInputStream(Files.readAllBytes(file)));
        }
      }
    }
  }

  /** Loses a segment. */
  public void deleteSegment(String name) throws IOException {
    store.delete(keys.wal(WalFileName.parse(name)));
  }

  /** The file in which a segment lies. */
  public Path walFile(String name) {
    return repository.file(keys.wal(WalFileName.parse(name)));
  }

  /** The file in which a chunk of the backup lies. */
  public Path chunkFile(int number) {
    return repository.file(keys.chunk(BACKUP, number));
  }

  /**
   * Makes the chunks unreadable that have none of these files of a restored cluster.
   *
   * @return what was in their files
   */
  public Map<Path, byte[]> spoilChunksWithout(List<Path> needed, Path restored) throws IOException {
    Map<Path, byte[]> spoilt = new TreeMap<>();
    for (BaseBackupObject.Chunk chunk : chunks) {
      if (needed.stream()
          .map(file -> "pgdata/" + restored.relativize(file))
          .noneMatch(chunk.files()::contains)) {
        Path file = repository.file(new ObjectKey(keys.chunks() + chunk.fileName()));
        byte[] bytes = Files.readAllBytes(file);
        spoilt.put(file, bytes);
        Files.write(file, new byte[bytes.length]);
      }
    }
    return spoilt;
  }

  /** Takes a base backup, cut into chunks of about a megabyte, and stores it with its WAL. */
  public void backUp() throws IOException {
    Path directory = cluster.directory().make("taken");
    cluster
        .run(
            "pg_basebackup",
            List.of(
                "--pgdata=" + directory,
                "--format=tar",
                "--wal-method=none",
                "--checkpoint=fast",
                "--manifest-checksums=SHA256"))
        .orFail();
    archiveWal();
    Chunks chunks = new Chunks();
    Map<String, BaseBackupObject.Tablespace> tablespaces = new TreeMap<>();
    chunks.addAll(directory.resolve("base.tar"), "pgdata/");
    for (String row :
        cluster.psql(
            "SELECT oid, spcname, pg_tablespace_location(oid) FROM pg_tablespace"
                + " WHERE spcname NOT LIKE 'pg\\_%'")) {
      String[] columns = row.split("\\|", 3);
      chunks.addAll(directory.resolve(columns[0] + ".tar"), "tablespaces/" + columns[1] + "/");
      tablespaces.put(
          columns[1],
          new BaseBackupObject.Tablespace(columns[2], Long.parseLong(columns[0]), columns[1]));
    }
    chunks.store();
    this.chunks = List.copyOf(chunks.stored);
    BackupLabel label = BackupLabel.parse(new String(chunks.backupLabel, UTF_8));
    WalSegmentName end = newestSegment();
    Instant now = Instant.now();
    BaseBackupObject main =
        new BaseBackupObject(
            label.startTime(),
            label.startSegment(),
            now,
            end,
            cluster.dataDirectory().toString(),
            "host",
            "3.0.0",
            tablespaces,
            chunks.stored);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    main.write(bytes, chunks.pgControl, chunks.backupLabel, directory.resolve("backup_manifest"));
    store.put(
        keys.mainObject(BACKUP),
        Map.of(
            "format", BaseBackupObject.FORMAT,
            "pg-version", "150000",
            "start-time", label.startTime().toString(),
            "end-time", now.toString(),
            "start-wal-segment", label.startSegment().toString(),
            "end-wal-segment", end.toString()),
        new ByteArrayInputStream(bytes.toByteArray()));
  }

  private WalSegmentName newestSegment() throws IOException {
    try (Stream<Path> files = Files.list(archive)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(WalSegmentName::matches)
          .map(WalSegmentName::parse)
          .max(WalSegmentName::compareTo)
          .orElseThrow();
    }
  }

  @Override
  public void close() {
    cluster.close();
  }

  /** The chunks of one backup as they are cut. */
  private final class Chunks {
    private static final int SIZE = 1 << 20;

    private final Compression compression = Compression.named("lzma", 0, 1);
    private final List<BaseBackupObject.Chunk> stored = new ArrayList<>();
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private TarWriter writer = new TarWriter(bytes);
    private List<String> files = new ArrayList<>();
    private byte[] pgControl = {};
    private byte[] backupLabel = {};

    void addAll(Path tar, String prefix) throws IOException {
      try (InputStream in = Files.newInputStream(tar);
          TarReader reader = new TarReader(in)) {
        for (TarEntry entry; (entry = reader.next()) != null; ) {
          add(entry.named(prefix + entry.name()), reader.content());
        }
      }
    }

    private void add(TarEntry entry, InputStream content) throws IOException {
      switch (entry.name()) {
        case BaseBackupObject.PG_CONTROL -> pgControl = content.readAllBytes();
        case BaseBackupObject.BACKUP_LABEL -> backupLabel = content.readAllBytes();
        default -> {
          if (entry.type() == TarEntry.Type.FILE) {
            writer.put(entry, content);
            files.add(entry.name());
          } else {
            writer.put(entry);
          }
          if (bytes.size() > SIZE) {
            store();
          }
        }
      }
    }

    void store() throws IOException {
      writer.finish();
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (OutputStream out = compression.encode(compressed)) {
        bytes.writeTo(out);
      }
      int number = stored.size() + 1;
      store.put(
          keys.chunk(BACKUP, number),
          Map.of("compression-algorithm", "lzma", "format", BaseBackupObject.FORMAT),
          new ByteArrayInputStream(compressed.toByteArray()));
      stored.add(
          new BaseBackupObject.Chunk(
              SiteKeys.chunkFileName(BACKUP, number), bytes.size(), compressed.size(), files));
      files = new ArrayList<>();
      bytes = new ByteArrayOutputStream();
      writer = new TarWriter(bytes);
    }
  }
}
