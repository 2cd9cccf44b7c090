// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What PostgreSQL accepts in its directory, through the daemon and back: odd names of tablespaces
 * and files, links, special files, settings that are not UTF-8.
 */
class OddFilesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String NAME = "log/b\udcfccher\n";
  private static final List<String> TABLESPACES =
      List.of("a b", "\u00fc", "it's \"quoted\"", "..", "renamed to this");

  private Path home;
  private PostgresCluster cluster;
  private DaemonProcess daemon;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    home = directory;
    int port = DaemonProcess.freePort();
    cluster =
        PostgresCluster.create(
            ClusterOptions.standard().withWalSegmentMegabytes(1).archivingWith(""));
    cluster.configure("archive_command", DaemonProcess.archiveCommand(cluster, port));
    daemon = DaemonProcess.start(home, cluster, port, "null");
  }

  @AfterEach
  void end() {
    daemon.close();
    cluster.close();
  }

  private Path data() {
    return cluster.dataDirectory();
  }

  private int backups() throws Exception {
    return daemon.json("GET", "/main/basebackup").get("basebackups").size();
  }

  private void backUp() throws Exception {
    int before = backups();
    assertThat(daemon.status("PUT", "/main/basebackup")).isEqualTo(201);
    await()
        .atMost(PATIENCE)
        .failFast("the daemon has ended", () -> !daemon.isAlive())
        .until(() -> backups() == before + 1);
  }

  private void move(Path from, Path to) {
    cluster.run("mv", List.of(from.toString(), to.toString())).orFail();
    cluster.run("ln", List.of("-s", to.toString(), from.toString())).orFail();
  }

  private RestoreToolRun check() {
    return RestoreToolRun.of(DaemonCommand::run, List.of("check", "--config=" + daemon.config()));
  }

  private String restore(Path target, String... more) {
    List<String> arguments = new ArrayList<>(List.of("get-basebackup", "--restore-to-primary"));
    arguments.add("--config=" + daemon.config());
    arguments.add("--target-dir=" + target);
    arguments.add(
        "--pghoard-postgres-command-bin="
            + cluster.directory().program("pghoard_postgres_command"));
    arguments.addAll(List.of(more));
    RestoreToolRun run = RestoreToolRun.of(arguments);
    assertThat(run.status()).as(run.err()).isZero();
    return run.out() + run.err();
  }

  private static void assertRows(PostgresCluster restored) {
    await().atMost(PATIENCE).until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
    for (int i = 0; i < TABLESPACES.size(); i++) {
      assertThat(restored.value("SELECT count(*) FROM t" + i)).isEqualTo("1000");
    }
    assertThat(restored.psql("SELECT spcname FROM pg_tablespace WHERE oid > 16000"))
        .containsExactlyInAnyOrderElementsOf(TABLESPACES);
    assertThat(restored.value("SHOW work_mem")).isEqualTo("8MB");
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private void makeTablespaces() {
    for (int i = 0; i < TABLESPACES.size(); i++) {
      boolean renamed = i == TABLESPACES.size() - 1;
      String name = renamed ? "first name" : TABLESPACES.get(i);
      Path place = cluster.directory().make("tablespace " + i);
      cluster.psql(
          "CREATE TABLESPACE %1$s LOCATION '%2$s'; CREATE TABLE t%3$d TABLESPACE %1$s AS SELECT generate_series(1, 1000) AS n"
              .formatted(quoted(name), place, i));
      if (renamed) {
        cluster.psql(
            "ALTER TABLESPACE %s RENAME TO %s".formatted(quoted(name), quoted(TABLESPACES.get(i))));
      }
    }
  }

  @Test
  void namesLinksAndSpecialFiles_comeBack_orAreNamed() throws Exception {
    makeTablespaces();
    cluster.stop();
    Path outside = cluster.directory().make("outside");
    move(data().resolve("pg_wal"), outside.resolve("wal"));
    Files.createDirectories(data().resolve("log"));
    Files.writeString(FileNameBytes.resolve(data(), NAME), "x");
    Files.writeString(
        data().resolve("postgresql.auto.conf"),
        "work_mem = '8MB' # caf\u00e9\n",
        ISO_8859_1,
        StandardOpenOption.APPEND);
    Files.writeString(outside.resolve("extra.conf"), "# nothing\n");
    Files.createSymbolicLink(data().resolve("extra.conf"), outside.resolve("extra.conf"));
    cluster.run("mkfifo", List.of(data().resolve("fifo").toString())).orFail();
    cluster.directory().own(data());
    cluster.start();

    backUp();

    assertThat(daemon.log()).contains("extra.conf").contains("fifo");
    RestoreToolRun check = check();
    assertThat(check.out())
        .contains("these links and special files: extra.conf, fifo")
        .containsPattern("ok +main: archive: restorable");
    assertThat(check.status()).as(check.out()).isZero();
    Path target = home.resolve("restored");
    Path tablespaces = Files.createDirectory(home.resolve("tablespaces"));
    String notes = restore(target, "--tablespace-base-dir=" + tablespaces);
    assertThat(notes).contains("extra.conf").contains("fifo");
    assertThat(target.resolve("pg_wal").toRealPath())
        .isEqualTo(target.toRealPath().resolve("pg_wal"));
    assertThat(FileNameBytes.resolve(target, NAME)).hasContent("x");
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      assertRows(restored);
    }

    // In place, by a link to the data directory.
    cluster.stop();
    Path link = Files.createSymbolicLink(home.resolve("link"), data());
    restore(link, "--overwrite");
    assertThat(data().resolve("pg_wal")).isSymbolicLink();
    cluster.directory().own(data());
    cluster.directory().own(outside);
    cluster.start();
    assertRows(cluster);
  }

  @Test
  void dataThatABaseBackupWouldLeaveOut_failsIt_byName() throws Exception {
    cluster.psql("CREATE DATABASE moved");
    String oid = cluster.value("SELECT oid FROM pg_database WHERE datname = 'moved'");
    cluster.psql(
        "SET allow_in_place_tablespaces = on; CREATE TABLESPACE inside LOCATION ''; CREATE TABLE t"
            + " TABLESPACE inside AS SELECT 1");
    requireFailed("tablespaces", "inside (");
    cluster.psql("DROP TABLE t; DROP TABLESPACE inside");
    cluster.stop();
    Path database = data().resolve("base/" + oid);
    move(database, cluster.directory().path().resolve("moved"));
    cluster.start();
    requireFailed("links", "base/" + oid);
    assertThat(backups()).isZero();

    cluster.stop();
    Files.delete(database);
    Path away = cluster.directory().path().resolve("moved");
    cluster.run("mv", List.of(away.toString(), database.toString())).orFail();
    cluster.start();
    backUp();
  }

  private int failed() throws Exception {
    return daemon.json("GET", "/status").at("/backup_sites/main/failed_basebackups").asInt();
  }

  private void requireFailed(String check, String name) throws Exception {
    int before = failed();
    daemon.status("PUT", "/main/basebackup");
    await().atMost(PATIENCE).until(() -> failed() > before);
    assertThat(daemon.log()).contains(name);
    RestoreToolRun run = check();
    assertThat(run.out().lines())
        .anyMatch(
            line -> line.startsWith("FAILED   main: postgres: " + check) && line.contains(name));
    assertThat(run.status()).isEqualTo(1);
  }
}
