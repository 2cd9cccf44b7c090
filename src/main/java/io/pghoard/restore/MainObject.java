// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.postgres.ControlFile;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a restore learns from a main object before it writes anything.
 *
 * @param checks of the backup's files; none when the Python pghoard took it
 * @param catalogVersion of its cluster's system catalogs
 */
record MainObject(BaseBackupObject record, FileChecks checks, int catalogVersion) {
  /** As far as the catalog version reaches into pg_control. */
  private static final int CONTROL_START = 16;

  /**
   * Reads a main object to its end.
   *
   * @throws IOException also when it has no pg_control, without which nothing would start
   */
  static MainObject read(InputStream in) throws IOException {
    TarReader tar = BaseBackupObject.open(in);
    BaseBackupObject record = BaseBackupObject.readWithoutFiles(tar);
    FileChecks checks = FileChecks.none();
    ControlFile control = null;
    for (TarEntry entry; (entry = tar.next()) != null; ) {
      if (entry.name().equals(BaseBackupObject.PG_CONTROL)) {
        byte[] start = tar.content().readNBytes(CONTROL_START);
        control = new ControlFile(Arrays.copyOf(start, CONTROL_START));
      }
      if (entry.name().equals(BaseBackupObject.BACKUP_MANIFEST)) {
        checks = FileChecks.read(tar.content());
      }
    }
    if (control == null) {
      throw new IOException("the main object of the base backup has no pg_control");
    }
    return new MainObject(record, checks, control.catalogVersion());
  }

  /**
   * Refuses a target LSN before the end of the backup, where the cluster is not consistent yet.
   *
   * @throws RestoreRefusedException with the first LSN that will do
   */
  void requireReaches(RecoveryTarget target) throws RestoreRefusedException {
    @Nullable Lsn end = checks.endLsn();
    if (target instanceof AtLsn at && end != null && at.lsn().compareTo(end) < 0) {
      throw new RestoreRefusedException(
          "the target LSN %s lies before the end of the base backup, %s; give that or a later one, or name an older base backup"
              .formatted(at.lsn(), end));
    }
  }

  /**
   * Refuses a way that leaves the backup's timeline before the end of the backup.
   *
   * @throws RestoreRefusedException with what to ask for in its place
   */
  void requireOn(TimelineHistory way, BaseBackup backup) throws RestoreRefusedException {
    @Nullable Lsn end = checks.endLsn();
    for (TimelineHistory.Switch left : way.switches()) {
      if (end != null
          && left.timeline() == backup.endOfWal().timeline()
          && left.switchPoint().compareTo(end) < 0) {
        String own = Integer.toUnsignedString(left.timeline());
        throw new RestoreRefusedException(
            "base backup %s ended at %s, and timeline %s, on the way to timeline %s, was left at %s: name an older base backup, or use --recovery-target-timeline %s"
                .formatted(
                    backup.name(),
                    end,
                    own,
                    Integer.toUnsignedString(way.timeline()),
                    left.switchPoint(),
                    own));
      }
    }
  }
}
