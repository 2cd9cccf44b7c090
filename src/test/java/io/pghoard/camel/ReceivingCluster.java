// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.receive.WalReceivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A daemon that receives the WAL of a real cluster, and has no data directory of it. */
final class ReceivingCluster implements AutoCloseable {
  /** Without a slot, a checkpoint may remove what the receiver is about to fetch. */
  static final String WAL_KEPT = "64MB";

  static final ClusterOptions OPTIONS =
      ClusterOptions.standard().withWalSegmentMegabytes(1).with("wal_keep_size", WAL_KEPT);
  static final Duration PATIENCE = Duration.ofMinutes(1);

  final RunningService daemon;

  /** What pg_receivewal writes to. */
  final Path incoming;

  private final Path home;

  ReceivingCluster(Path home, String... nodes) throws Exception {
    this(home, site -> {}, nodes);
  }

  /** With changes to the site's part of pghoard.json. */
  ReceivingCluster(Path home, Consumer<ObjectNode> edit, String... nodes) throws Exception {
    this.home = home;
    this.incoming = home.resolve("spool/main/xlog_incoming");
    this.daemon =
        RunningService.configured(
            home,
            root -> {
              ObjectNode site = (ObjectNode) root.at("/backup_sites/main");
              site.put("active_backup_mode", "pg_receivexlog");
              site.remove("pg_data_directory");
              List.of(nodes).forEach(site.putArray("nodes")::add);
              edit.accept(site);
            });
  }

  WalReceivers receivers() {
    return daemon.service().bean("walReceivers", WalReceivers.class);
  }

  void awaitStreaming() {
    await().atMost(PATIENCE).until(() -> receivers().streams(RunningService.SITE));
  }

  /** Whether the repository holds a file of this name. */
  boolean stored(String name) {
    String folder = name.endsWith(".history") ? "timeline" : "xlog";
    return Files.exists(home.resolve("repository/main/" + folder + "/" + name + ".metadata"));
  }

  void awaitStored(String name) {
    await().atMost(PATIENCE).until(() -> stored(name));
  }

  /** Finishes the cluster's segment, and waits until it is in the repository; its name. */
  String archived(PostgresCluster cluster) {
    cluster.psql("SELECT pg_logical_emit_message(true, 'test', 'something to switch for')");
    String segment = cluster.switchWal();
    awaitStored(segment);
    return segment;
  }

  /** The names of what lies in pg_receivewal's directory. */
  List<String> received() throws IOException {
    try (Stream<Path> files = Files.list(incoming)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  ReceivePlaces places() throws IOException {
    return receivers().places(RunningService.SITE);
  }

  /** The pg_receivewal processes that write to this directory, whoever started them. */
  List<ProcessHandle> programs() {
    return programs(incoming);
  }

  static List<ProcessHandle> programs(Path incoming) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/pg_receivewal"))
        .filter(
            process ->
                List.of(process.info().arguments().orElse(new String[0]))
                    .contains("--directory=" + incoming))
        .toList();
  }

  @Override
  public void close() throws IOException {
    daemon.close();
  }
}
