// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings that keep a restored copy of a cluster from doing harm to the cluster itself, or to
 * anybody who takes the one for the other.
 *
 * @param port on which it listens, not the cluster's own
 */
record CopySettings(long port, String listenAddresses) {
  private static final String LOCALHOST = "localhost";

  /** Where packages and PostgreSQL's own default have the sockets, and their lock files. */
  private static final List<Path> SOCKETS = List.of(Path.of("/run/postgresql"), Path.of("/tmp"));

  private static final int FIRST_PORT = 5433;
  private static final int LAST_PORT = 5999;

  CopySettings {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("copy_port is a number from 1 to 65535, not " + port);
    }
  }

  /**
   * Those of one copy.
   *
   * @param port null: a free one
   * @param listenAddresses null: this machine alone may connect
   */
  static CopySettings of(@Nullable Long port, @Nullable String listenAddresses) {
    return new CopySettings(
        port == null ? freePort() : port, listenAddresses == null ? LOCALHOST : listenAddresses);
  }

  /** A port on which nothing listens now; that of a stopped server it may be. */
  private static long freePort() {
    for (int port = FIRST_PORT; port <= LAST_PORT; port++) {
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalArgumentException(
        "no port from %d to %d is free for the copy; name one: --copy-port"
            .formatted(FIRST_PORT, LAST_PORT));
  }

  private static boolean isFree(int port) {
    for (Path sockets : SOCKETS) {
      if (Files.exists(sockets.resolve(".s.PGSQL." + port + ".lock"), LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    try (ServerSocket all = new ServerSocket(port, 1)) {
      return all.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** What is written, for a server of PostgreSQL 12 or later. */
  Map<String, String> settings(int majorVersion) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("port", Long.toString(port));
    all.put("listen_addresses", listenAddresses);
    // One that is shared with the cluster may be emptied by log_truncate_on_rotation.
    all.put("log_directory", "log");
    all.put("archive_command", "");
    if (majorVersion >= 15) {
      all.put("archive_library", "");
    }
    all.put("primary_conninfo", "");
    all.put("primary_slot_name", "");
    all.put("synchronous_standby_names", "");
    // ApplyLauncherRegister in launcher.c: without workers no subscription is started.
    all.put("max_logical_replication_workers", "0");
    // Of the extension pg_cron; a server without it ignores settings of names with a dot.
    all.put("cron.launch_active_jobs", "off");
    return all;
  }

  /** What the operator should know of the copy. */
  String note() {
    return "the copy listens on port %d of %s; it archives nothing, and runs no subscriptions and no jobs of pg_cron from 1.6 on (take an older one out of shared_preload_libraries before the start). Background workers of other extensions (shared_preload_libraries), foreign tables and dblink work as in the original"
        .formatted(port, listenAddresses.isEmpty() ? "its socket alone" : listenAddresses);
  }
}
