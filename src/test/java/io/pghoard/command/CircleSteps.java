// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a circle on a store is made of: a daemon, base backups, archived WAL, restores. */
abstract class CircleSteps {
  static final Duration PATIENCE = Duration.ofMinutes(3);

  final int port;
  Path home = Path.of("");

  CircleSteps() throws Exception {
    port = DaemonProcess.freePort();
  }

  /** Where the daemon's files lie: pghoard.json, its log, its state. */
  protected Path home() {
    return home;
  }

  final DaemonProcess daemon(PostgresCluster cluster, String interval, String storage)
      throws Exception {
    return DaemonProcess.start(home, cluster, port, new DaemonProcess.Site(interval, storage));
  }

  /** Waits until it answers: after three failures PostgreSQL's archiver pauses for a minute. */
  static void ready(DaemonProcess daemon) {
    await()
        .atMost(PATIENCE)
        .failFast(daemon.home + "/daemon.log: it has ended", () -> !daemon.isAlive())
        .ignoreExceptions()
        .until(() -> daemon.json("GET", "/main/basebackup").has("basebackups"));
  }

  /** Waits until there is one base backup alone, another than this; its name. */
  static String backups(DaemonProcess daemon, String before) {
    List<String> names = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .failFast(daemon.home + "/daemon.log: it has ended", () -> !daemon.isAlive())
        .ignoreExceptions()
        .until(
            () -> {
              names.clear();
              for (JsonNode each : daemon.json("GET", "/main/basebackup").get("basebackups")) {
                names.add(each.get("name").asText());
              }
              return names.size() == 1 && !names.get(0).equals(before);
            });
    return names.get(0);
  }

  static String drain(PostgresCluster cluster, DaemonProcess daemon) {
    String last = cluster.switchWal();
    await()
        .atMost(PATIENCE)
        .failFast("the daemon has ended", () -> !daemon.isAlive())
        .until(
            () ->
                Files.exists(
                    cluster.walDirectory().resolve("archive_status").resolve(last + ".done")));
    return last;
  }

  final void restore(PostgresCluster scripts, String name, String... target) {
    RestoreToolRun run = tool(scripts, name, target);
    assertThat(run.status()).as(run.err()).isZero();
  }

  final RestoreToolRun tool(PostgresCluster scripts, String name, String... target) {
    List<String> arguments = new ArrayList<>(List.of("get-basebackup", "--restore-to-primary"));
    arguments.add("--config=" + home.resolve("pghoard.json"));
    arguments.add("--target-dir=" + home.resolve(name));
    arguments.add(
        "--pghoard-postgres-command-bin="
            + scripts.directory().program("pghoard_postgres_command"));
    arguments.addAll(List.of(target));
    return RestoreToolRun.of(arguments);
  }

  final void started(String name, String... marks) {
    try (PostgresCluster restored = PostgresCluster.open(home.resolve(name))) {
      await()
          .atMost(PATIENCE)
          .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
      assertThat(restored.psql("SELECT n FROM marks ORDER BY n")).containsExactly(marks);
      assertThat(restored.value("SELECT count(*) FROM pgbench_accounts")).isEqualTo("100000");
    }
  }
}
