// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary that waits for pghoard's receiver at each commit, and is lost for good. */
class SynchronousReceiveIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path home = Path.of("");

  @Test
  void everyAcknowledgedRow_isRestored() throws Exception {
    ClusterOptions options =
        ClusterOptions.standard().withWalSegmentMegabytes(1).with("wal_keep_size", "64MB");
    try (PostgresCluster primary = PostgresCluster.create(options);
        DaemonProcess daemon = receive(primary)) {
      primary.psql("CREATE TABLE acknowledged (n int, filling text)");
      await()
          .atMost(PATIENCE)
          .failFast("the daemon has ended", () -> !daemon.isAlive())
          .ignoreExceptions()
          .until(() -> daemon.json("GET", "/main/basebackup").get("basebackups").size() == 1);
      primary.configure("synchronous_standby_names", "pghoard");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  primary
                      .psql("SELECT sync_state FROM pg_stat_replication")
                      .equals(List.of("sync")));
      List<String> acknowledged = insertUntilKilled(primary);
      assertThat(acknowledged).hasSizeGreaterThan(100);
      delete(primary.dataDirectory());

      restore(primary);
      try (PostgresCluster restored = PostgresCluster.open(home.resolve("restored"))) {
        await()
            .atMost(PATIENCE)
            .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
        assertThat(restored.psql("SELECT n FROM acknowledged ORDER BY n"))
            .containsAll(acknowledged);
      }
    }
  }

  private DaemonProcess receive(PostgresCluster primary) throws IOException {
    return DaemonProcess.start(
        home,
        DaemonProcess.freePort(),
        """
        "active_backup_mode": "pg_receivexlog", "basebackup_interval_hours": 24,
        "pg_receivexlog": {"synchronous": true}, "nodes": ["%s slot=pghoard"],
        "object_storage": {"storage_type": "local", "directory": "%s/repository"}
        """
            .formatted(primary.connectionString(), home));
  }

  /** What psql was told of as committed before the server was gone. */
  private List<String> insertUntilKilled(PostgresCluster primary) throws Exception {
    Path output = home.resolve("acknowledged");
    String script =
        IntStream.rangeClosed(1, 100_000)
            .mapToObj(
                "INSERT INTO acknowledged VALUES (%d, repeat('x', 2000)) RETURNING n;"::formatted)
            .collect(Collectors.joining("\n"));
    Path statements = Files.write(home.resolve("statements.sql"), script.getBytes(UTF_8));
    ProcessBuilder psql = primary.program("psql", List.of("-X", "-A", "-t", "-q"));
    Process inserting =
        psql.redirectInput(statements.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      // Enough for some finished segments and a partial one.
      await().atMost(PATIENCE).until(() -> Files.readAllLines(output).size() > 1500);
      primary.kill();
    } finally {
      inserting.destroy();
      inserting.waitFor();
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(output));
    // The last line may be cut off.
    if (!Files.readString(output).endsWith("\n")) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  /** As docs/operations.md has it, with what the receiver has of the segment that was written. */
  private void restore(PostgresCluster scripts) throws IOException {
    Path target = home.resolve("restored");
    List<String> arguments =
        List.of(
            "get-basebackup",
            "--restore-to-primary",
            "--config=" + home.resolve("pghoard.json"),
            "--target-dir=" + target,
            "--pghoard-postgres-command-bin="
                + scripts.directory().program("pghoard_postgres_command"));
    Path incoming = home.resolve("spool/main/xlog_incoming");
    awaitFinishedStored(incoming);
    RestoreToolRun run = RestoreToolRun.of(arguments);
    assertThat(run.status()).as(run.err()).isZero();
    try (Stream<Path> files = Files.list(incoming)) {
      Path partial =
          files.filter(file -> file.toString().endsWith(".partial")).findFirst().orElseThrow();
      String name = partial.getFileName().toString().replace(".partial", "");
      Files.copy(partial, target.resolve("pg_wal").resolve(name));
    }
  }

  private void awaitFinishedStored(Path incoming) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              try (Stream<Path> files = Files.list(incoming)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.matches("[0-9A-F]{24}"))
                    .allSatisfy(
                        name -> assertThat(home.resolve("repository/main/xlog/" + name)).exists());
              }
            });
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(SynchronousReceiveIT::deleteOne);
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
