// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Map;

/** The main object of a base backup, to be stored only while the lease of the backup is held. */
record LastObject(BaseBackupRun backup, BaseBackups backups) implements ObjectSource {
  @Override
  public InputStream content() throws IOException {
    return Files.newInputStream(backup.mainObject());
  }

  @Override
  public ObjectKey key() {
    return backup.mainKey();
  }

  @Override
  public Map<String, String> metadata() throws IOException {
    return backup.mainMetadata();
  }

  @Override
  public void ready(long size) throws IOException {
    backups.holdLease(backup);
  }
}
