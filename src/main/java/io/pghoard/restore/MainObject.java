// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.postgres.Lsn;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a restore learns from a main object before it writes anything.
 *
 * @param checks of the backup's files; none when the Python pghoard took it
 */
record MainObject(BaseBackupObject record, FileChecks checks) {
  /**
   * Reads a main object to its end.
   *
   * @throws IOException also when it has no pg_control, without which nothing would start
   */
  static MainObject read(InputStream in) throws IOException {
    TarReader tar = new TarReader(in);
    BaseBackupObject record = BaseBackupObject.read(tar);
    FileChecks checks = FileChecks.none();
    boolean control = false;
    for (TarEntry entry; (entry = tar.next()) != null; ) {
      control |= entry.name().equals(BaseBackupObject.PG_CONTROL);
      if (entry.name().equals(BaseBackupObject.BACKUP_MANIFEST)) {
        checks = FileChecks.read(tar.content());
      }
    }
    if (!control) {
      throw new IOException("the main object of the base backup has no pg_control");
    }
    return new MainObject(record, checks);
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
}
