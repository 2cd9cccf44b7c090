// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.postgres.ConnectionInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one site of {@code backup_sites}.
 *
 * @param backupLocation of the whole file
 * @param baseBackupProgram of the whole file; a site's own comes first
 * @param receiveProgram of the whole file, likewise
 */
record SiteReader(
    Section site,
    Path backupLocation,
    @Nullable Path baseBackupProgram,
    @Nullable Path receiveProgram) {
  SiteConfig read(SiteName name) {
    boolean active = site.truth("active", true);
    WalReader wal = new WalReader(site);
    BackupMode mode = wal.mode(active);
    baseBackupMode();
    NodeReader nodes = new NodeReader(site.problems(), slotsAllowed(mode), new LinkedHashMap<>());
    List<ConnectionInfo> connections = nodes(active, nodes);
    Path program = site.absolutePath("pg_basebackup_path");
    StorageConfig storage = new StorageReader(site.problems(), backupLocation).read(site);
    return new SiteConfig(
        name,
        new PrefixReader(site).read(name.text()),
        active,
        connections,
        dataDirectory(mode),
        site.absolutePath("pg_bin_directory"),
        program == null ? baseBackupProgram : program,
        site.absolutePaths("restore_directories"),
        site.truth("restore_over_data_directory", false),
        storage,
        new BaseBackupReader(site).read(),
        wal.read(mode, receiveProgram, Map.copyOf(nodes.slots())),
        scrubInterval(storage));
  }

  private @Nullable Duration scrubInterval(StorageConfig storage) {
    boolean off =
        site.has("scrub_interval_days")
            ? site.isNull("scrub_interval_days")
            : !storage.readsAreFree();
    if (off) {
      return null;
    }
    Double days = site.fraction("scrub_interval_days", new Range(0, 36_500));
    return Duration.ofMillis(Math.max(1, Math.round((days == null ? 30 : days) * 86_400_000)));
  }

  /** The three modes that mean a whole backup through pg_basebackup; all of them stream here. */
  private void baseBackupMode() {
    String mode = site.text("basebackup_mode", "basic");
    if (List.of("delta", "local-tar-delta-stats").contains(mode)) {
      site.wrong(
          "basebackup_mode",
          "delta base backups are not supported yet",
          "leave it out: base backups are whole, and stream through pg_basebackup");
    } else {
      site.choice("basebackup_mode", "basic", List.of("basic", "pipe", "local-tar"));
    }
  }

  private List<ConnectionInfo> nodes(boolean active, NodeReader reader) {
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
    return nodes.stream().map(reader::read).filter(Objects::nonNull).toList();
  }

  /**
   * A slot that nothing reads keeps WAL for ever; a site that is only restored has no use for it.
   */
  private boolean slotsAllowed(BackupMode mode) {
    return mode == BackupMode.PG_RECEIVEXLOG || !site.has("active_backup_mode");
  }

  private @Nullable Path dataDirectory(BackupMode mode) {
    Path directory = site.absolutePath("pg_data_directory");
    if (mode != BackupMode.ARCHIVE_COMMAND && !site.isSet("pg_data_directory")) {
      return null;
    }
    if (!site.isSet("pg_data_directory") && !site.has("pg_xlog_directory")) {
      site.missing(
          "pg_data_directory", "set it to the cluster's data directory, as an absolute path");
    }
    return directory == null ? Path.of("/") : directory;
  }
}
