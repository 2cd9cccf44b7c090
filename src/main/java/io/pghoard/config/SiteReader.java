// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.postgres.ConnectionInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one site of {@code backup_sites}.
 *
 * @param backupLocation of the whole file
 * @param baseBackupProgram of the whole file; a site's own comes first
 */
record SiteReader(Section site, Path backupLocation, @Nullable Path baseBackupProgram) {
  private static final String ARCHIVE_COMMAND =
      "set it to \"archive_command\", and PostgreSQL's archive_command to pghoard_archivecommand";

  private static final Map<String, String> LATER_BACKUP_MODES =
      Map.of(
          "pg_receivexlog", "receiving WAL comes with a later release",
          "walreceiver", "receiving WAL comes with a later release",
          "standalone_hot_backup", "base backups with their WAL inside come with a later release",
          "basic", "base backups without WAL cannot be restored");

  SiteConfig read(SiteName name) {
    boolean active = site.truth("active", true);
    backupMode(active);
    baseBackupMode();
    // Checked like the others, and of use once pghoard receives WAL.
    site.absolutePath("pg_receivexlog_path");
    Path program = site.absolutePath("pg_basebackup_path");
    return new SiteConfig(
        name,
        new PrefixReader(site).read(name.text()),
        active,
        nodes(active),
        dataDirectory(),
        site.absolutePath("pg_bin_directory"),
        program == null ? baseBackupProgram : program,
        site.absolutePaths("restore_directories"),
        new StorageReader(site.problems(), backupLocation).read(site),
        new BaseBackupReader(site).read());
  }

  private void backupMode(boolean active) {
    if (!site.has("active_backup_mode")) {
      if (active) {
        site.missing("active_backup_mode", ARCHIVE_COMMAND);
      }
      return;
    }
    String mode = site.text("active_backup_mode", "archive_command");
    String later = LATER_BACKUP_MODES.get(mode);
    if (later != null) {
      site.wrong("active_backup_mode", later, ARCHIVE_COMMAND);
    } else if (!mode.equals("archive_command")) {
      site.wrong("active_backup_mode", "no mode has this name", ARCHIVE_COMMAND);
    }
  }

  /** The three modes that mean a whole backup through pg_basebackup; all of them stream here. */
  private void baseBackupMode() {
    String mode = site.text("basebackup_mode", "basic");
    if (List.of("delta", "local-tar-delta-stats").contains(mode)) {
      site.wrong(
          "basebackup_mode",
          "delta base backups come with a later release",
          "leave it out: base backups are whole, and stream through pg_basebackup");
    } else {
      site.choice("basebackup_mode", "basic", List.of("basic", "pipe", "local-tar"));
    }
  }

  private List<ConnectionInfo> nodes(boolean active) {
    if (!site.has("nodes")) {
      if (active) {
        site.missing("nodes", "list how to connect: \"nodes\": [{\"host\": ..., \"user\": ...}]");
      }
      return List.of();
    }
    List<JsonValue> nodes = site.list("nodes");
    if (active && site.isEmptyList("nodes")) {
      site.wrong("nodes", "the list is empty", "list at least one way to connect to the cluster");
    }
    NodeReader reader = new NodeReader(site.problems());
    return nodes.stream().map(reader::read).filter(Objects::nonNull).toList();
  }

  private Path dataDirectory() {
    Path directory = site.absolutePath("pg_data_directory");
    if (!site.isSet("pg_data_directory") && !site.has("pg_xlog_directory")) {
      site.missing(
          "pg_data_directory", "set it to the cluster's data directory, as an absolute path");
    }
    return directory == null ? Path.of("/") : directory;
  }
}
