// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is restored, and how it recovers. */
final class RestoreWords {
  @Option(
      names = "--target-dir",
      paramLabel = "DIR",
      required = true,
      description = "The data directory to write.")
  private @Nullable String targetDirectory;

  @Option(
      names = "--basebackup",
      paramLabel = "NAME",
      defaultValue = "latest",
      description = "Default: the newest one that fits the recovery target.")
  private @Nullable String backup;

  @Option(
      names = "--overwrite",
      description = "Delete a stopped cluster, or an interrupted restore, in the target directory.")
  private boolean overwrite;

  @Option(
      names = {"--continue", "--delta"},
      description =
          "As --overwrite, but keep the files that are as they were backed up, by their"
              + " checksums, and fetch only the others.")
  private boolean keep;

  @Option(
      names = "--tablespace-dir",
      paramLabel = "NAME=DIR",
      description =
          "Directory for a tablespace, given by name or object id. Can be given several times.")
  private Map<String, String> tablespaces = new LinkedHashMap<>();

  @Option(
      names = "--tablespace-base-dir",
      paramLabel = "DIR",
      description = "Directory for all other tablespaces, each in DIR/NAME.")
  private @Nullable String tablespaceBase;

  @Option(
      names = "--tablespace-original-dirs",
      description = "Put all other tablespaces where the base backup says that they were.")
  private boolean originalTablespaces;

  @Option(
      names = "--recovery-target-time",
      paramLabel = "TIME",
      description =
          "With its offset from UTC or its time zone: 2026-01-31 17:30:00+00:00, or 2026-01-31 17:30"
              + " Europe/Berlin.")
  private @Nullable String time;

  @Option(
      names = "--recovery-target-name",
      paramLabel = "NAME",
      description = "A restore point, made by pg_create_restore_point.")
  private @Nullable String name;

  @Option(
      names = "--recovery-target-xid",
      paramLabel = "XID",
      description = "The commit of a transaction.")
  private @Nullable String xid;

  @Option(
      names = "--recovery-target-lsn",
      paramLabel = "LSN",
      description = "A position in the WAL: 16/3002D50.")
  private @Nullable String lsn;

  @Option(
      names = "--recovery-target-immediate",
      description = "End as soon as the cluster is consistent.")
  private boolean immediate;

  @Option(
      names = "--recovery-target-inclusive",
      description = "Include the target itself: PostgreSQL's default.")
  private boolean inclusive;

  @Option(names = "--recovery-target-exclusive", description = "Stop just before the target.")
  private boolean exclusive;

  @Option(
      names = "--recovery-target-timeline",
      paramLabel = "TIMELINE",
      description = "latest (the default), current, or a number.")
  private @Nullable String timeline;

  @Option(
      names = "--recovery-target-action",
      paramLabel = "ACTION",
      description = "pause (PostgreSQL's default), promote or shutdown.")
  private @Nullable String action;

  @Option(
      names = "--recovery-end-command",
      paramLabel = "COMMAND",
      description = "A shell command that the server runs when recovery ends.")
  private @Nullable String endCommand;

  @Option(
      names = "--primary-conninfo",
      paramLabel = "CONNINFO",
      description = "How the standby connects to its primary.")
  private @Nullable String primaryConninfo;

  @Option(
      names = "--primary-slot",
      paramLabel = "SLOT",
      description = "The replication slot that the primary keeps for the standby.")
  private @Nullable String primarySlot;

  @Option(
      names = "--as-copy",
      description =
          "A copy beside the cluster, which can do it no harm: it opens by itself, on a port of its"
              + " own, archives nothing, and runs no subscriptions.")
  private boolean asCopy;

  @Option(
      names = "--copy-port",
      paramLabel = "PORT",
      description = "The port of the copy. Default: a free one from 5433 on.")
  private @Nullable Integer copyPort;

  @Option(
      names = "--copy-listen-addresses",
      paramLabel = "ADDRESSES",
      description = "listen_addresses of the copy. Default: localhost.")
  private @Nullable String copyListenAddresses;

  @Option(
      names = {"--restore-to-primary", "--restore-to-master"},
      description =
          "The cluster becomes a primary when it has recovered. Without this, and without a"
              + " recovery target, it is a standby.")
  private boolean toPrimary;

  @Option(
      names = "--archive-mode",
      paramLabel = "MODE",
      description =
          "off: the cluster does not archive WAL; preserve: as in the backed-up cluster. Default: off,"
              + " except for a standby with a primary.")
  private @Nullable String archiveMode;

  @Option(
      names = "--preserve-until",
      paramLabel = "TIME",
      description =
          "Exempt the base backup and its WAL from retention until then; a time as of --recovery-target-time.")
  private @Nullable String preserveUntil;

  @Option(
      names = "--cancel-preserve-on-success",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "End --preserve-until when the restore is done. Default: it ends.")
  private boolean cancelPreserve = true;

  /** As {@link io.pghoard.restore.RestoreParameters} reads them. */
  Map<String, @Nullable Object> asWords() {
    Map<String, @Nullable Object> words = new HashMap<>();
    words.put("target_dir", absolute(targetDirectory));
    words.put("basebackup", backup);
    words.put("overwrite", overwrite);
    words.put("continue", keep);
    words.put("tablespace_dir", tablespaces);
    words.put("tablespace_base_dir", absolute(tablespaceBase));
    words.put("tablespace_original_dirs", originalTablespaces);
    words.put("recovery_target_time", time);
    words.put("recovery_target_name", name);
    words.put("recovery_target_xid", xid);
    words.put("recovery_target_lsn", lsn);
    words.put("recovery_target_immediate", immediate);
    words.put("recovery_target_inclusive", inclusion());
    words.put("recovery_target_timeline", timeline);
    words.put("recovery_target_action", action);
    words.put("recovery_end_command", endCommand);
    words.put("primary_conninfo", primaryConninfo);
    words.put("primary_slot", primarySlot);
    words.put("as_copy", asCopy);
    words.put("copy_port", copyPort);
    words.put("copy_listen_addresses", copyListenAddresses);
    words.put("restore_to_primary", toPrimary);
    words.put("archive_mode", archiveMode);
    words.put("preserve_until", preserveUntil);
    words.put("cancel_preserve_on_success", cancelPreserve);
    return words;
  }

  private static @Nullable String absolute(@Nullable String path) {
    return path == null || path.isEmpty() ? path : Path.of(path).toAbsolutePath().toString();
  }

  private @Nullable Boolean inclusion() {
    if (inclusive && exclusive) {
      throw new IllegalArgumentException(
          "--recovery-target-inclusive and --recovery-target-exclusive contradict each other");
    }
    return (inclusive || exclusive) ? inclusive : null;
  }
}
