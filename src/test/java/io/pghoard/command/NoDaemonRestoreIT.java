// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.JavaCommand;
import io.pghoard.Pghoard;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.restore.BackedUpCluster;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restored cluster recovers straight from the repository, on a machine where no daemon runs. */
class NoDaemonRestoreIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String STATE = "pghoard_wal_server";

  private static BackedUpCluster source;
  private static String middle;

  @BeforeAll
  static void backUp(@TempDir Path home) throws IOException {
    source = new BackedUpCluster(home);
    PostgresCluster cluster = source.cluster();
    cluster.psql("CREATE TABLE t (n int)");
    source.backUp();
    cluster.psql("INSERT INTO t VALUES (1)");
    source.archiveWal();
    cluster.psql("INSERT INTO t VALUES (2)");
    middle = cluster.value("SELECT pg_walfile_name(pg_current_wal_lsn())");
    source.archiveWal();
    cluster.psql("INSERT INTO t VALUES (3)");
    source.archiveWal();
    // PostgreSQL's user runs pghoard then, and reads all this.
    install(cluster.directory().make("target"));
    cluster.directory().own(home.resolve("repository"));
    cluster.directory().own(source.configFile());
  }

  @AfterAll
  static void end() {
    source.close();
  }

  /** The jar and its libraries beside the copy of bin/, where bin/pghoard looks for them. */
  private static void install(Path home) throws IOException {
    Files.copy(Path.of("target/pghoard.jar"), home.resolve("pghoard.jar"));
    Path libraries = Files.createDirectory(home.resolve("lib"));
    Files.setPosixFilePermissions(libraries, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("target/lib"))) {
      for (Path library : all) {
        Files.copy(library, libraries.resolve(library.getFileName()));
      }
    }
  }

  @Test
  void restoredCluster_readsTheRepository_andStopsWhereItCannot(@TempDir Path home)
      throws Exception {
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path target = home.resolve("data");
    Path program = source.cluster().directory().program("pghoard_postgres_command");
    RestoreToolRun run =
        RestoreToolRun.of(
            List.of(
                "get-basebackup",
                "--no-daemon",
                "--restore-to-primary",
                "--config=" + source.configFile(),
                "--target-dir=" + target,
                "--pghoard-postgres-command-bin=" + program));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("It fetches WAL from the repository itself.");
    assertThat(target.resolve("postgresql.auto.conf"))
        .content()
        .contains(" --mode restore --config " + source.configFile() + " --site main ");

    Path segment = source.cluster().directory().path().resolve("aside");
    Path stored = source.walFile(middle);
    Files.move(stored, segment);
    try (PostgresCluster restored = PostgresCluster.restored(target)) {
      assertThatThrownBy(
              () -> {
                restored.start();
                await().atMost(PATIENCE).until(() -> !restored.running());
                throw new IllegalStateException("it has ended");
              })
          .isInstanceOf(IllegalStateException.class);
      assertThat(restored.serverLog()).contains(middle + " is missing", "exit code 200");
      assertThat(Files.getPosixFilePermissions(target.resolve(STATE)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      // The next recovery finds out that nobody listens there any more, and has another one begin.
      kill(target);

      Files.move(segment, stored);
      restored.start();
      await()
          .atMost(PATIENCE)
          .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
      assertThat(restored.psql("SELECT n FROM t ORDER BY n")).containsExactly("1", "2", "3");
    } finally {
      kill(target);
    }
  }

  private static void kill(Path target) throws IOException {
    if (Files.exists(target.resolve(STATE))) {
      long pid = Long.parseLong(Files.readAllLines(target.resolve(STATE)).get(3));
      Optional<ProcessHandle> process = ProcessHandle.of(pid);
      process.ifPresent(ProcessHandle::destroyForcibly);
      process.ifPresent(handle -> handle.onExit().join());
    }
  }

  @Test
  void process_givesWalAlone_toWhoeverHasThePassword_andEndsWhenNobodyAsks(@TempDir Path home)
      throws Exception {
    Path state = home.resolve("state");
    List<String> command =
        JavaCommand.of(
            Pghoard.class,
            List.of("-Xmx128m", "-Djava.io.tmpdir=" + home),
            "serve-wal",
            "--config=" + source.configFile(),
            "--state=" + state,
            "--quiet=3");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    try {
      await().atMost(PATIENCE).until(() -> Files.exists(state));
      List<String> lines = Files.readAllLines(state);
      String login = lines.get(1) + ":" + lines.get(2);
      assertThat(status(lines.get(0), "/main/archive/" + middle, login)).isEqualTo(200);
      assertThat(status(lines.get(0), "/main/archive/" + middle, "recovery:no")).isEqualTo(401);
      assertThat(status(lines.get(0), "/status", login)).isEqualTo(404);
      assertThat(status(lines.get(0), "/main/basebackup", login)).isEqualTo(404);
      assertThat(process.onExit().get().exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
    assertThat(state).doesNotExist();
    assertThat(home).isDirectoryNotContaining("glob:**/pghoard-spool*");
  }

  private static int status(String port, String path, String login) throws IOException {
    HttpURLConnection request =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    request.setRequestProperty(
        "Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)));
    return request.getResponseCode();
  }
}
