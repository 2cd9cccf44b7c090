// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.backup.BaseBackups;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A daemon whose site is a real cluster. The cluster archives its WAL into the repository without
 * the daemon's help, so that base backups can be looked at by themselves.
 */
final class BackedUpCluster implements AutoCloseable {
  /** The cluster archives by itself. */
  static final String NO_WATCH =
      """
      - routeTemplate:
          id: site-wal-watch
          parameters:
            - name: site
          route:
            id: site-wal-watch
            description: Rests, as the cluster archives by itself.
            from:
              uri: scheduler:rest-{{site}}
              parameters:
                initialDelay: 86400000
              steps:
                - stop: {}
      """;

  static final ClusterOptions OPTIONS =
      ClusterOptions.standard().withWalSegmentMegabytes(1).with("archive_mode", "on");

  /** Where the daemon's files are. */
  final Path home;

  private final RunningService service;

  BackedUpCluster(PostgresCluster cluster) throws Exception {
    this(cluster, site -> {});
  }

  /** With changes to the site's part of pghoard.json. */
  BackedUpCluster(PostgresCluster cluster, Consumer<ObjectNode> edit) throws Exception {
    this(cluster, edit, new String[0]);
  }

  /** The same, with properties set, as names and values in turn. */
  BackedUpCluster(PostgresCluster cluster, Consumer<ObjectNode> edit, String... properties)
      throws Exception {
    home = cluster.directory().make("home");
    // The daemon's, as root does not write into another user's repository; the WAL is the server's.
    Files.createDirectory(home.resolve("repository"));
    cluster.directory().make("home/repository/main");
    String wal = cluster.directory().make("home/repository/main/xlog") + "/%f";
    cluster.configure(
        "archive_command",
        "test ! -e '"
            + home
            + "/hold' && echo '{}' > '"
            + wal
            + ".metadata' && cp '%p' '"
            + wal
            + "'");
    Files.createDirectories(home.resolve("routes"));
    Files.writeString(home.resolve("routes/site-wal-watch.camel.yaml"), NO_WATCH);
    service =
        new RunningService(
            home,
            cluster.dataDirectory(),
            root -> {
              ObjectNode site = (ObjectNode) root.at("/backup_sites/main");
              site.putArray("nodes").add(cluster.connectionString());
              site.put("basebackup_chunk_size", 4 << 20);
              edit.accept(site);
            },
            properties);
  }

  /** Takes a base backup; returns when it has ended, however. */
  void take(String reason) {
    service
        .service()
        .context()
        .createProducerTemplate()
        .request(
            "direct:base-backup-take",
            exchange -> {
              exchange.setVariable("site", RunningService.SITE);
              exchange.setVariable("backupReason", reason);
            });
  }

  /** The pg_basebackup processes that this one has started. */
  static List<String> runningPrograms() {
    return ProcessHandle.current()
        .descendants()
        .map(process -> process.info().command().orElse(""))
        .filter(command -> command.endsWith("pg_basebackup"))
        .toList();
  }

  BaseBackups backups() {
    return service.service().bean("baseBackups", BaseBackups.class);
  }

  BaseBackupStatus status() {
    return backups().status(RunningService.SITE);
  }

  ObjectStore store() {
    return service.store();
  }

  /** The keys of all main objects and chunks. */
  List<ObjectKey> keysOfBaseBackups() throws IOException {
    List<ObjectKey> keys = new ArrayList<>(store().keys("main/basebackup/"));
    keys.addAll(store().keys("main/basebackup_chunk/"));
    return keys;
  }

  Catalogue catalogue() {
    return new Catalogue(store(), new SiteKeys("main"));
  }

  RunningService running() {
    return service;
  }

  /** Puts an operator's route in the place of a shipped one. */
  void replaceRoute(String id, String yaml) throws IOException {
    Path routes = Files.createDirectories(home.resolve("routes"));
    Files.writeString(routes.resolve(id + ".camel.yaml"), yaml);
    await()
        .until(
            () ->
                service.service().context().getRoute(id) != null
                    && service
                        .service()
                        .context()
                        .getRoute(id)
                        .getSourceLocation()
                        .startsWith("file:"));
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
