// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.ConfigException;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A local repository of the site main with base backups of one file each, made by hand. */
public final class HandMadeRepository {
  private static final byte[] TABLE = "a table".getBytes(UTF_8);

  private final Path root;
  private final ObjectStore store;
  private final SiteKeys keys = new SiteKeys("main");
  private final Map<String, BaseBackupObject.Tablespace> tablespaces = new TreeMap<>();
  private long size = TABLE.length;

  public HandMadeRepository(Path root) throws IOException {
    this.root = Files.createDirectories(root);
    this.store = new LocalObjectStore(root);
  }

  public ObjectStore store() {
    return store;
  }

  RestoreSteps steps() throws IOException {
    return new RestoreSteps(sites(), site -> store);
  }

  /** The site main, whose data directory is pgdata beside the repository. */
  Sites sites() throws IOException {
    try {
      return new Sites(ConfigFile.read(configFile()));
    } catch (ConfigException e) {
      throw new IOException(e);
    }
  }

  /** A pghoard.json with the site main. */
  public Path configFile() throws IOException {
    Path file = root.resolveSibling("pghoard.json");
    Files.writeString(
        file,
        """
        {
          "backup_location": "%s",
          "backup_sites": {
            "main": {
              "active_backup_mode": "archive_command",
              "nodes": [{"host": "127.0.0.1"}],
              "pg_data_directory": "%s",
              "restore_directories": ["%s"],
              "object_storage": {"storage_type": "local", "directory": "%s"}
            }
          }
        }
        """
            .formatted(
                root.resolveSibling("location"),
                root.resolveSibling("pgdata"),
                root.resolveSibling("restores"),
                root));
    return file;
  }

  /** The backups made from now on have a tablespace. */
  void tablespace(String name, String path, long oid) {
    var tablespace = new BaseBackupObject.Tablespace(path, oid, name);
    tablespaces.put(tablespace.key(), tablespace);
  }

  /** The backups made from now on say that their file has this size. */
  void size(long bytes) {
    size = bytes;
  }

  public ObjectKey chunk(String backup) {
    return keys.chunk(backup, 1);
  }

  /** Stores a backup that took one second and the WAL segments of timeline 1 from first to last. */
  public void backup(String name, int first, int last, String endTime) throws IOException {
    backup(name, segmentName(1, first), segmentName(1, last), endTime);
  }

  /** The same on any timeline. */
  void backup(String name, WalSegmentName first, WalSegmentName last, String endTime)
      throws IOException {
    byte[] chunk =
        new HandMadeBackup.Tar()
            .file("pgdata/base/1/1259", TABLE)
            .file("pgdata/PG_VERSION", "15\n")
            .end()
            .readAllBytes();
    store.put(keys.chunk(name, 1), Map.of("format", "pghoard-bb-v2"), stream(chunk));
    Instant end = Instant.parse(endTime);
    BaseBackupObject main =
        new BaseBackupObject(
            end.minusSeconds(1),
            first,
            end,
            last,
            "/srv/pg",
            "host",
            "3.0.0",
            tablespaces,
            List.of(
                new BaseBackupObject.Chunk(
                    SiteKeys.chunkFileName(name, 1), chunk.length, chunk.length, List.of())));
    Path manifest = Files.createTempFile(root, ".manifest", "");
    Files.write(
        manifest,
        HandMadeBackup.manifest(
            HandMadeBackup.entry("base/1/1259", size, "SHA256", HandMadeBackup.sha256(TABLE)),
            HandMadeBackup.entry("PG_VERSION", "15\n".getBytes(UTF_8)),
            HandMadeBackup.entry("backup_label", "label".getBytes(UTF_8)),
            HandMadeBackup.entry("global/pg_control", new byte[8192])));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    main.write(bytes, new byte[8192], "label".getBytes(UTF_8), manifest);
    Files.delete(manifest);
    store.put(
        keys.mainObject(name),
        Map.of(
            "format", "pghoard-bb-v2",
            "start-time", end.minusSeconds(1).toString(),
            "end-time", endTime,
            "start-wal-segment", first.toString(),
            "end-wal-segment", last.toString()),
        stream(bytes.toByteArray()));
  }

  /** Stores a backup of the Python pghoard that has its WAL in it. */
  void hotBackup(String name, int first) throws IOException {
    store.put(
        new ObjectKey("main/basebackup/" + name),
        Map.of(
            "active-backup-mode", "standalone_hot_backup",
            "basebackup-mode", "pipe",
            "start-time", "2026-01-01T10:00:00Z",
            "start-wal-segment", segmentName(1, first).toString()),
        stream(new byte[1]));
  }

  /** Stores a segment as of a time. */
  public void segment(int timeline, int number, String archived) throws IOException {
    segment(segmentName(timeline, number), archived, Map.of());
  }

  /** Stores a segment that was scanned: its last commit, or none. */
  void scanned(int timeline, int number, String commit) throws IOException {
    segment(
        segmentName(timeline, number),
        "2026-01-09T12:00:00Z",
        Map.of("last-record", "0/1", "last-commit-time", commit));
  }

  private void segment(WalSegmentName name, String archived, Map<String, String> more)
      throws IOException {
    ObjectKey key = keys.wal(WalFileName.parse(name.toString()));
    Map<String, String> metadata = new TreeMap<>(more);
    metadata.put("original-file-size", "16777216");
    store.put(key, metadata, stream(new byte[1]));
    FileTime time = FileTime.from(Instant.parse(archived));
    Files.setLastModifiedTime(root.resolve(key.text()), time);
    Files.setLastModifiedTime(root.resolve(key.text() + ".metadata"), time);
  }

  Path file(ObjectKey key) {
    return root.resolve(key.text());
  }

  void deleteSegment(int timeline, int number) throws IOException {
    store.delete(keys.wal(WalFileName.parse(segmentName(timeline, number).toString())));
  }

  public void history(int timeline, String text) throws IOException {
    ObjectKey key = keys.wal(WalFileName.parse("%08X.history".formatted(timeline)));
    store.put(key, Map.of(), stream(text.getBytes(UTF_8)));
  }

  private static WalSegmentName segmentName(int timeline, int number) {
    return new WalSegmentName(timeline, 0, number);
  }

  private static ByteArrayInputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
