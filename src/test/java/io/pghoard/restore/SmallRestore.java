// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.codec.TarEntry;
import io.pghoard.config.SiteName;
import io.pghoard.restore.HandMadeBackup.Tar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A restore of a base backup of five files, one of them in a tablespace, made by hand. */
final class SmallRestore {
  static final byte[] CONTROL = new byte[8192];
  static final byte[] TABLE = "a table".getBytes(UTF_8);
  static final byte[] ROWS = "rows in a tablespace".getBytes(UTF_8);
  static final String OID = "16384";

  final Path target;
  final Path tablespace;
  final RestoreProgress progress = new RestoreProgress(Clock.systemUTC());
  final RestoreWriter writer;

  SmallRestore(Path root, boolean overwrite) throws IOException {
    this(root.resolve("data"), root.resolve("fast"), overwrite);
  }

  /** One that overwrites, to directories of which {@code rule} is asked when they are made. */
  SmallRestore(Path target, Path tablespace, TargetRule rule) throws IOException {
    this(target, tablespace, true, rule);
  }

  SmallRestore(Path target, Path tablespace, boolean overwrite) throws IOException {
    this(target, tablespace, overwrite, directory -> {});
  }

  private SmallRestore(Path target, Path tablespace, boolean overwrite, TargetRule rule)
      throws IOException {
    this.target = target;
    this.tablespace = tablespace;
    Map<String, Object> words = new HashMap<>();
    words.put("target_dir", target.toString());
    words.put("recovery_target_immediate", true);
    words.put("overwrite", overwrite);
    RestorePlan plan =
        new RestorePlan(
            RestoreParameters.parse(new SiteName("main"), words),
            HandMadeBackup.ofFormat("pghoard-bb-v2"),
            List.of(),
            List.of(new TablespaceDirectory("fast", "fast", 16384, tablespace, 202209061)),
            FileChecks.read(new ByteArrayInputStream(manifest())),
            "restore %f %p");
    writer = new RestoreWriter(plan, progress, rule);
  }

  private static byte[] manifest() {
    return HandMadeBackup.manifest(
        HandMadeBackup.entry("PG_VERSION", "15\n".getBytes(UTF_8)),
        HandMadeBackup.entry("global/pg_control", CONTROL),
        HandMadeBackup.entry("backup_label", "label".getBytes(UTF_8)),
        HandMadeBackup.entry("base/1/1259", TABLE),
        HandMadeBackup.entry("pg_tblspc/" + OID + "/PG_15_202209061/5/16385", ROWS));
  }

  static byte[] mainObject() throws IOException {
    return new Tar()
        .file(".pghoard_tar_metadata.json", "{}")
        .file("pgdata/global/pg_control", CONTROL)
        .file("pgdata/backup_label", "label")
        .put(TarEntry.directory("pgdata/pg_wal", 0))
        .put(TarEntry.directory("pgdata/pg_wal/archive_status", 0))
        .file("pgdata/backup_manifest", manifest())
        .end()
        .readAllBytes();
  }

  static byte[] chunk() throws IOException {
    return new Tar()
        .file("pgdata/PG_VERSION", "15\n")
        .file("pgdata/pg_wal/000000010000000000000002", "WAL")
        .file("pgdata/base/1/1259", TABLE)
        .file("tablespaces/fast/PG_15_202209061/5/16385", ROWS)
        .end()
        .readAllBytes();
  }

  private static InputStream cut(byte[] whole, int length) {
    return new ByteArrayInputStream(whole, 0, Math.min(length, whole.length));
  }

  /** Restores as far as these bytes of the main object and of the chunk reach. */
  void run(int ofMainObject, int ofChunk) throws IOException {
    try (writer) {
      writer.begin();
      writer.writeMainObject(cut(mainObject(), ofMainObject));
      writer.writeChunk(cut(chunk(), ofChunk));
      writer.finish();
    }
  }

  void run() throws IOException {
    run(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }
}
