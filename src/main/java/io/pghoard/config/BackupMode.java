// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.Locale;

/** How a site's WAL comes into the archive: {@code active_backup_mode}. */
public enum BackupMode {
  /** PostgreSQL's archive_command hands it over. */
  ARCHIVE_COMMAND,
  /** pg_receivewal streams it. */
  PG_RECEIVEXLOG,
  /** Only what a base backup needs to become consistent, fetched with it. */
  STANDALONE_HOT_BACKUP;

  /** As pghoard.json and the metadata of base backups have it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
