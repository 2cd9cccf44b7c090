// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.postgres.ConnectionInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads how a site's WAL comes into the archive. */
record WalReader(Section site) {
  private static final String REMEDY =
      "set it to \"archive_command\", and PostgreSQL's archive_command to pghoard_archivecommand;"
          + " or to \"pg_receivexlog\", for pghoard to stream the WAL";

  private static final Map<String, String> CAUSES =
      Map.of("basic", "base backups without WAL cannot be restored");

  /** The mode; the one that asks least for a site that need not say. */
  BackupMode mode(boolean active) {
    if (!site.has("active_backup_mode")) {
      if (active) {
        site.missing("active_backup_mode", REMEDY);
      }
      return BackupMode.ARCHIVE_COMMAND;
    }
    String mode = site.text("active_backup_mode", "archive_command");
    if (mode.equals("pg_receivexlog") || mode.equals("walreceiver")) {
      return BackupMode.PG_RECEIVEXLOG;
    }
    if (mode.equals("standalone_hot_backup")) {
      return BackupMode.STANDALONE_HOT_BACKUP;
    }
    if (!mode.equals("archive_command")) {
      site.wrong("active_backup_mode", CAUSES.getOrDefault(mode, "unknown mode"), REMEDY);
    }
    return BackupMode.ARCHIVE_COMMAND;
  }

  /**
   * All of it.
   *
   * @param program of the whole file; a site's own comes first
   */
  WalConfig read(BackupMode mode, @Nullable Path program, Map<ConnectionInfo, String> slots) {
    Path own = site.absolutePath("pg_receivexlog_path");
    Path chosen = own == null ? program : own;
    ObjectValue object = site.object("pg_receivexlog");
    if (object == null) {
      return new WalConfig(mode, chosen, slots, false, Duration.ofSeconds(10), null, 1.5);
    }
    if (mode != BackupMode.PG_RECEIVEXLOG
        && site.has("active_backup_mode")
        && !object.members().isEmpty()) {
      site.wrong(
          "pg_receivexlog",
          "it only applies to active_backup_mode pg_receivexlog",
          "remove it, or set active_backup_mode to \"pg_receivexlog\"");
    }
    Section receive = new Section(object, Keys.RECEIVE, site.problems());
    Double multiplier = receive.fraction("resume_multiplier", new Range(1, 1000));
    return new WalConfig(
        mode,
        chosen,
        slots,
        receive.truth("synchronous", false),
        Duration.ofSeconds(receive.whole("disk_space_check_interval", 10L, new Range(1, 86_400))),
        receive.whole("min_disk_free_bytes", new Range(0, 1L << 50)),
        Objects.requireNonNullElse(multiplier, 1.5));
  }
}
