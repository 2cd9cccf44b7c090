// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static io.pghoard.repository.FaultProxy.Direction.TO_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.SiteKeys;
import io.pghoard.restore.BackedUpCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restore that knows neither pghoard.json nor the store, but a daemon with a password, over a
 * network that a test can make bad.
 */
class RestoreFromDaemonIT {
  private static BackedUpCluster source;
  private static RunningService daemon;
  private static FaultProxy network;
  private static Path home;
  private static Path program;

  private Path target;
  private String err = "";
  private String out = "";

  @BeforeAll
  static void backUp(@TempDir Path directory) throws Exception {
    home = directory;
    source = new BackedUpCluster(directory);
    PostgresCluster cluster = source.cluster();
    cluster.psql("CREATE TABLE t (n int)");
    cluster.psql(
        "CREATE TABLESPACE fast LOCATION '" + cluster.directory().make("fast").toString() + "'");
    cluster.psql("CREATE TABLE fast (n int) TABLESPACE fast; INSERT INTO fast VALUES (1)");
    source.backUp();
    cluster.psql("INSERT INTO t VALUES (1)");
    source.archiveWal();
    cluster.psql("INSERT INTO t VALUES (2)");
    source.archiveWal();
    program = cluster.directory().program("pghoard_postgres_command");
    daemon =
        RunningService.configured(
            home, root -> root.put("webserver_username", "ada").put("webserver_password", "s:p"));
    network = new FaultProxy(daemon.service().httpPort());
  }

  @AfterAll
  static void end() throws IOException {
    network.close();
    daemon.close();
    source.close();
  }

  @BeforeEach
  void nameTarget(TestInfo test) {
    target = home.resolve(test.getTestMethod().orElseThrow().getName());
    network.fault(FaultProxy.healthy());
  }

  private static Path credentials(String name, String password, String rights) throws IOException {
    Path file = Files.writeString(home.resolve("credentials"), name + "\n" + password + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    return file;
  }

  private int run(String command, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    List<String> given = List.of(more);
    add(arguments, given, "--from", "http://127.0.0.1:" + network.port());
    add(arguments, given, "--site", "main");
    if (given.stream().noneMatch(each -> each.startsWith("--credentials"))) {
      arguments.add("--credentials=" + credentials("ada", "s:p", "rw-------"));
    }
    arguments.addAll(given);
    RestoreToolRun run = RestoreToolRun.of(arguments);
    err = run.err();
    out = run.out();
    return run.status();
  }

  private static void add(List<String> arguments, List<String> given, String option, String value) {
    if (given.stream().noneMatch(each -> each.startsWith(option + "="))) {
      arguments.add(option + "=" + value);
    }
  }

  private int restore(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--restore-to-primary"));
    arguments.add("--target-dir=" + target);
    arguments.add("--tablespace-dir=fast=" + home.resolve(target.getFileName() + "-fast"));
    arguments.add("--pghoard-postgres-command-bin=" + program);
    arguments.addAll(List.of(more));
    return run("get-basebackup", arguments.toArray(String[]::new));
  }

  private void refused(int status, String message, String... more) throws IOException {
    assertThat(restore(more)).as(err).isEqualTo(status);
    assertThat(err).contains(message).doesNotContain("s:p");
    assertThat(target).doesNotExist();
  }

  private void assertRows() {
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
      assertThat(restored.psql("SELECT n FROM t ORDER BY n")).containsExactly("1", "2");
      assertThat(restored.value("SELECT n FROM fast")).isEqualTo("1");
    }
  }

  private void assertNotStartable() {
    assertThat(target.resolve("pghoard_restore.incomplete")).exists();
    assertThat(target.resolve("global/pg_control")).doesNotExist();
  }

  @Test
  void reports_areReadFromTheDaemon() throws Exception {
    for (String command : List.of("list", "recovery")) {
      RestoreToolRun report =
          RestoreToolRun.of(
              DaemonCommand::run,
              List.of(
                  command,
                  "--json",
                  "--site=main",
                  "--from=http://127.0.0.1:" + network.port(),
                  "--credentials=" + credentials("ada", "s:p", "rw-------")));
      assertThat(report.status()).as(report.out() + report.err()).isZero();
      var site = new ObjectMapper().readTree(report.out()).get("sites").get(0);
      if (command.equals("list")) {
        var backup = site.get("basebackups").get(0);
        assertThat(backup.get("tablespaces").get(0).get("name").asText()).isEqualTo("fast");
        assertThat(backup.get("pg_version").asText()).startsWith("15.");
      } else {
        assertThat(site.get("trouble").isNull()).isTrue();
        assertThat(site.get("windows").get(0).get("last_segment").isNull()).isFalse();
      }
    }
  }

  @Test
  void dryRun_plansFromTheDaemon() throws Exception {
    String tablespaces = "--tablespace-base-dir=" + home.resolve("dry");
    Files.createDirectories(home.resolve("dry"));
    assertThat(run("get-basebackup", "--target-dir=" + target, "--dry-run", "--json", tablespaces))
        .as(err)
        .isZero();
    var plan = new ObjectMapper().readTree(out);
    assertThat(plan.get("tablespaces").get(0).get("name").asText()).isEqualTo("fast");
    assertThat(plan.get("pg_version").asText()).startsWith("15.");
    assertThat(plan.get("settings").get("restore_command").asText())
        .contains("--port " + network.port(), "--credentials");
    assertThat(plan.get("signal_file").asText()).isEqualTo("standby.signal");
    assertThat(target).doesNotExist();
    assertThat(run("get-basebackup", "--target-dir=" + target, "--dry-run")).isEqualTo(1);
    assertThat(err).contains("tablespace");
  }

  @Test
  void restoredCluster_recoversByTheSameDaemon_andIsSparedByRetention() throws Exception {
    assertThat(run("list-basebackups")).as(err).isZero();
    assertThat(out).contains(BackedUpCluster.BACKUP);

    assertThat(restore()).as(err).isZero();

    assertThat(out).contains("the pghoard daemon at http://127.0.0.1:" + network.port());
    String settings = Files.readString(target.resolve("postgresql.auto.conf"));
    assertThat(settings)
        .contains("--port " + network.port() + " --site main", "--credentials ")
        .doesNotContain("s:p");
    Path secret = target.resolveSibling(target.getFileName() + ".pghoard_credentials");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(new Catalogue(daemon.store(), new SiteKeys("main")).preservedUntil())
        .hasEntrySatisfying(
            BackedUpCluster.BACKUP + ".00000000.pghoard",
            until -> assertThat(until).isAfter(Instant.now().plus(Duration.ofHours(23))));
    assertRows();
  }

  @Test
  void connectionsThatAreCut_areResumed() throws IOException {
    int before = network.connections();
    network.fault(FaultProxy.cutAfter(TO_CLIENT, 400_000));
    assertThat(restore()).as(err).isZero();
    assertThat(network.connections() - before)
        .as("connections, all but a few cut")
        .isGreaterThan(6);
    network.fault(FaultProxy.healthy());
    assertRows();
  }

  @Test
  void transferThatStandsStill_isResumed() throws IOException {
    AtomicBoolean stood = new AtomicBoolean();
    network.fault(
        (direction, passed, count) -> {
          if (direction == TO_CLIENT && passed > 100_000 && stood.compareAndSet(false, true)) {
            Thread.sleep(Long.MAX_VALUE);
          }
          return count;
        });
    assertThat(restore("--retry-for=5")).as(err).isZero();
    assertThat(stood).isTrue();
    assertThat(target.resolve("global/pg_control")).exists();
  }

  @Test
  void daemonThatStaysAway_leavesNothingThatStarts_andAnotherRestoreGoesThrough()
      throws IOException {
    AtomicLong total = new AtomicLong();
    network.fault(
        (direction, passed, count) ->
            direction == TO_CLIENT && total.addAndGet(count) > 1_000_000 ? 0 : count);
    assertThat(restore("--retry-for=2")).isEqualTo(1);
    assertThat(err)
        .contains(".pghoard")
        .containsAnyOf("could not be resumed within 2 s", "was lost");
    assertNotStartable();

    network.fault(FaultProxy.healthy());
    assertThat(restore("--overwrite")).as(err).isZero();
    assertRows();
  }

  /** A daemon of its own on the same repository, which a restart finds again. */
  private static DaemonProcess launch(Path directory, int port) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = (ObjectNode) json.readTree(home.resolve("pghoard.json").toFile());
    root.put("http_port", port).put("backup_location", directory.resolve("spool").toString());
    root.put("alert_file_dir", directory.toString());
    root.put("json_state_file_path", directory.resolve("state.json").toString());
    root.put("maintenance_mode_file", directory.resolve("maintenance").toString());
    root.put("routes_directory", directory.resolve("routes").toString());
    root.remove(List.of("webserver_username", "webserver_password"));
    root.withObject("/backup_sites/main").put("active", false);
    json.writeValue(directory.resolve("pghoard.json").toFile(), root);
    return DaemonProcess.launch(directory, port, Map.of());
  }

  @Test
  void daemonThatIsKilledInTheMiddle_isWaitedFor_andResumed(@TempDir Path directory)
      throws Exception {
    int port = DaemonProcess.freePort();
    CompletableFuture<DaemonProcess> again = new CompletableFuture<>();
    try (DaemonProcess first = launch(directory, port);
        FaultProxy way = new FaultProxy(port)) {
      AtomicLong total = new AtomicLong();
      way.fault(
          (direction, passed, count) -> {
            long before = direction == TO_CLIENT ? total.getAndAdd(count) : 0;
            if (before <= 1_000_000 && before + count > 1_000_000) {
              first.kill();
              again.completeAsync(
                  () -> {
                    try {
                      return launch(directory, port);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
            }
            return count;
          });
      assertThat(restore("--retry-for=120", "--from=http://127.0.0.1:" + way.port()))
          .as(err)
          .isZero();
      assertThat(first.isAlive()).isFalse();
    } finally {
      again.get(2, TimeUnit.MINUTES).close();
    }
    assertThat(target.resolve("global/pg_control")).exists();
  }

  @Test
  void alteredByte_isFound() throws IOException {
    AtomicBoolean altered = new AtomicBoolean();
    network.fault(
        new FaultProxy.Fault() {
          @Override
          public int pass(FaultProxy.Direction direction, long passed, int count) {
            return count;
          }

          @Override
          public void change(FaultProxy.Direction direction, long passed, byte[] data, int count) {
            if (direction == TO_CLIENT
                && Files.exists(target.resolve("PG_VERSION"))
                && count > 5000
                && altered.compareAndSet(false, true)) {
              data[4321] ^= 1;
            }
          }
        });
    assertThat(restore()).isEqualTo(1);
    assertThat(err).contains("cannot restore from main/basebackup_chunk/");
    assertNotStartable();
  }

  @Test
  void whatCannotWork_isRefusedAtOnce_andTouchesNothing() throws IOException {
    refused(
        1,
        "refuses the user name \"ada\" or its password",
        "--credentials=" + credentials("ada", "wrong", "rw-------"));
    refused(1, "chmod 600", "--credentials=" + credentials("ada", "s:p", "rw-r--r--"));
    refused(1, "the credentials cannot be read", "--credentials=" + home.resolve("none"));
    refused(1, "there is no site \"other\"", "--site=other");
    refused(1, "does not speak TLS", "--from=https://127.0.0.1:" + network.port());
    refused(2, "use --credentials FILE", "--from=http://ada:x@127.0.0.1:" + network.port());
    refused(2, "without a path", "--from=http://127.0.0.1/main");
    refused(1, "no connection to the daemon at", "--from=http://127.0.0.1:1");
    network.fault(FaultProxy.answering("404 Not Found", "/stored/"));
    refused(1, "needs pghoard 3.0.0 or newer there");
    network.fault(FaultProxy.answering("302 Found\r\nLocation: http://elsewhere/", "/stored/"));
    refused(1, "redirects to http://elsewhere/");
    network.fault(FaultProxy.answering("200 OK\r\nContent-Type: text/html", "/stored/"));
    refused(1, "is not a pghoard daemon");
    network.fault(FaultProxy.answering("503 Service Unavailable", "/stored/"));
    refused(1, "answers 503");
  }

  @Test
  void gapInTheWal_isRefused() throws IOException {
    String first = source.cluster().value("SELECT pg_walfile_name(pg_current_wal_lsn())");
    source.cluster().psql("INSERT INTO t VALUES (2)");
    source.archiveWal();
    source.cluster().psql("DELETE FROM t WHERE ctid = '(0,3)'");
    source.archiveWal();
    source.deleteSegment(first);
    try {
      refused(1, "first missing segment is");
    } finally {
      source.archiveWal();
    }
  }
}
