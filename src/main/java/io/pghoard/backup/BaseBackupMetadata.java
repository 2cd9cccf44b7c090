// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.postgres.BackupLabel;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.BaseBackupObject.Chunk;
import io.pghoard.repository.BaseBackupObject.Tablespace;
import io.pghoard.repository.Encoding;
import io.pghoard.repository.PythonTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a base backup that is complete tells of itself, in its main object and in its metadata. */
final class BaseBackupMetadata {
  private final BaseBackupPlan plan;
  private final BackupLabel label;
  private final RequiredWal wal;
  private final Instant endTime;
  private long mainObjectSize;

  BaseBackupMetadata(BaseBackupPlan plan, BackupLabel label, RequiredWal wal, Instant endTime) {
    this.plan = plan;
    this.label = label;
    this.wal = wal;
    this.endTime = endTime;
  }

  /** The metadata of a chunk of {@code size} plain bytes. */
  static Map<String, String> ofChunk(BaseBackupPlan plan, long size) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(Encoding.COMPRESSION, algorithm(plan));
    metadata.put("format", BaseBackupObject.FORMAT);
    metadata.put("host", plan.host());
    metadata.put(Encoding.PLAIN_SIZE, Long.toString(size));
    return metadata;
  }

  /** The plain size of the main object, which its metadata tell. */
  void sized(long bytes) {
    mainObjectSize = bytes;
  }

  BaseBackupObject object(Map<String, Tablespace> tablespaces, List<Chunk> chunks) {
    return new BaseBackupObject(
        label.startTime(),
        label.startSegment(),
        endTime,
        wal.endSegment(),
        dataDirectory(),
        plan.host(),
        version(),
        tablespaces,
        chunks);
  }

  Map<String, String> ofMainObject(BaseBackupObject object) {
    Map<String, String> metadata = ofChunk(plan, mainObjectSize);
    metadata.put("active-backup-mode", plan.site().wal().mode().text());
    metadata.put("backup-decision-time", PythonTime.iso(plan.decided()));
    metadata.put("backup-reason", plan.reason());
    metadata.put("basebackup-mode", "local-tar");
    metadata.put("compression-level", Integer.toString(plan.compression().level()));
    metadata.put("end-lsn", wal.endLsn().toString());
    metadata.put("end-time", PythonTime.str(endTime));
    metadata.put("end-wal-segment", wal.endSegment().toString());
    metadata.put(BaseBackup.TAKEN_BY, plan.pghoardId());
    metadata.put("pg-version", Integer.toString(plan.server().versionNumber()));
    metadata.put("site", plan.site().name().text());
    metadata.put("start-lsn", label.startLsn().toString());
    metadata.put("start-time", PythonTime.iso(label.startTime()));
    metadata.put("start-wal-segment", label.startSegment().toString());
    metadata.put("system-identifier", plan.server().systemIdentifier().toString());
    metadata.put("total-size-enc", Long.toString(object.storedSize()));
    metadata.put("total-size-plain", Long.toString(object.plainSize()));
    metadata.put("wal-segment-size", Integer.toString(plan.server().walSegmentSize().bytes()));
    BackupGrid.of(plan.site().baseBackup())
        .ifPresent(
            grid ->
                metadata.put("normalized-backup-time", PythonTime.iso(grid.slot(plan.decided()))));
    return metadata;
  }

  /** Of a cluster on another machine only its server knows, and tells it to few. */
  private String dataDirectory() {
    Path directory = plan.site().dataDirectory();
    return directory == null ? "" : directory.toString();
  }

  static String version() {
    String version = BaseBackupMetadata.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String algorithm(BaseBackupPlan plan) {
    return plan.compression().algorithm().text();
  }
}
