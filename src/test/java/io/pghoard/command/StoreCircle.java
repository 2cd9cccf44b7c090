// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole circle on one store: WAL and a base backup of a primary, failover to a standby, a
 * restore straight from the store while no daemon runs, a second base backup that makes the first
 * one go, and a restore of that. Between them a base backup whose last object the store refuses,
 * and WAL that piles up behind a slow network; at the end {@code pghoard check}, and objects that
 * somebody has deleted or changed, which are found when they are needed, or unasked. Each store's
 * own test says where the objects lie.
 */
public abstract class StoreCircle extends CircleSteps {
  private @Nullable FaultProxy network;

  protected StoreCircle() throws Exception {}

  /** The {@code object_storage} of the site, in JSON. */
  protected abstract String storage() throws Exception;

  /** The port by which the site goes to its store: this one, behind a network of the test's. */
  protected final int through(int store) throws IOException {
    network = new FaultProxy(store);
    return network.port();
  }

  @AfterEach
  void endNetwork() throws IOException {
    if (network != null) {
      network.close();
    }
  }

  /** Has the store refuse the main object of every base backup, or take it again. */
  protected void refuseMainObjects(boolean refuse) throws IOException {
    Objects.requireNonNull(network)
        .fault(
            refuse
                ? FaultProxy.answering(
                    "403 Forbidden",
                    "^(PUT|POST) \\S*main(/|%2F)basebackup(/|%2F)|\"name\":\"main/basebackup/")
                : FaultProxy.healthy());
  }

  @Test
  void circle_isWhole(@TempDir Path directory) throws Exception {
    home = directory;
    Files.writeString(
        home.resolve("application.properties"),
        "pghoard.scrub.delay = 500\npghoard.scrub.period = 500\n");
    String storage = storage();
    ClusterOptions options = ClusterOptions.standard().withWalSegmentMegabytes(1).archivingWith("");
    try (PostgresCluster primary = PostgresCluster.create(options)) {
      primary.pgbench("-i", "-q", "-s", "1");
      primary.psql("CREATE TABLE marks (n int)");
      PostgresCluster standby = primary.standby();
      try {
        try (DaemonProcess daemon = daemon(primary, "24", storage)) {
          ready(daemon);
          primary.configure("archive_command", DaemonProcess.archiveCommand(primary, port));
          backups(daemon, "none");
          primary.psql("INSERT INTO marks VALUES (1)");
          primary.psql("SELECT pg_create_restore_point('one')");
          primary.psql("INSERT INTO marks VALUES (2)");
          primary.pgbench("-T", "2", "-c", "2");
          primary.stop();
          daemon.stop();
        }
        standby.configure("archive_command", DaemonProcess.archiveCommand(standby, port));
        standby.promote();
        failedOver(standby, storage);
      } finally {
        standby.close();
      }
    }
  }

  private void failedOver(PostgresCluster standby, String storage) throws Exception {
    try (DaemonProcess daemon = daemon(standby, "null", storage)) {
      ready(daemon);
      standby.psql("INSERT INTO marks VALUES (3)");
      drain(standby, daemon);
      daemon.stop();
    }
    restore(standby, "one", "--recovery-target-name=one", "--recovery-target-action=promote");
    try (DaemonProcess daemon = daemon(standby, "null", storage)) {
      started("one", "1");
      String first = backups(daemon, "none");
      unfinished(daemon, first);
      daemon.json("PUT", "/main/basebackup");
      backups(daemon, first);
      slowly(standby, daemon);
      restore(standby, "latest");
      started("latest", "1", "2", "3", "4");
      checked();
      damaged(standby, daemon);
      daemon.stop();
    }
  }

  /** WAL that is written faster than the network takes it is stored all the same, side by side. */
  private void slowly(PostgresCluster standby, DaemonProcess daemon) {
    FaultProxy way = network;
    if (way != null) {
      way.fault(FaultProxy.trickle(FaultProxy.Direction.TO_SERVER, 100_000));
    }
    standby.pgbench("-t", "300", "-c", "2");
    standby.psql("INSERT INTO marks VALUES (4)");
    drain(standby, daemon);
    if (way != null) {
      assertThat(way.mostWaiting()).isGreaterThan(1);
      way.fault(FaultProxy.healthy());
    }
  }

  /** A base backup whose last object is refused is none, and leaves no chunks behind. */
  private void unfinished(DaemonProcess daemon, String first) throws Exception {
    try (StoreDamage store = new StoreDamage(home.resolve("pghoard.json"))) {
      List<ObjectKey> before = store.keysOfBaseBackups();
      refuseMainObjects(true);
      daemon.json("PUT", "/main/basebackup");
      await()
          .atMost(PATIENCE)
          .until(() -> daemon.log().contains("a base backup failed: cannot put main/basebackup/"));
      refuseMainObjects(false);

      assertThat(store.keysOfBaseBackups()).isEqualTo(before);
      assertThat(backups(daemon, "none")).isEqualTo(first);
    }
  }

  /** {@code pghoard check} finds nothing wrong with the store. */
  private void checked() {
    RestoreToolRun run =
        RestoreToolRun.of(
            DaemonCommand::run, List.of("check", "--config", home.resolve("pghoard.json") + ""));
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out().lines().filter(line -> line.contains("main: store: ")))
        .hasSizeGreaterThan(5)
        .allMatch(line -> line.startsWith("ok "));
  }

  /** What was damaged or deleted by hand is neither restored nor called absent. */
  private void damaged(PostgresCluster standby, DaemonProcess daemon) throws Exception {
    try (StoreDamage store = new StoreDamage(home.resolve("pghoard.json"))) {
      ObjectKey chunk = store.last("main/basebackup_chunk/");
      store.delete(chunk);
      refused(standby, "missing", chunk.name());
      store.putChanged(chunk);
      refused(standby, "changed", chunk.name());
      store.putBack(chunk);

      ObjectKey segment = store.last("main/xlog/");
      String path = "/main/archive/" + segment.name();
      store.delete(segment);
      store.putChanged(segment);
      assertThat(daemon.status("GET", path)).isIn(409, 503);
      restore(standby, "repaired");
      recoveryEnds("repaired");
      store.putBack(segment);
      assertThat(daemon.status("GET", path)).isEqualTo(200);
      started("repaired", "1", "2", "3", "4");
      foundUnasked(store, standby, daemon);
    }
  }

  /** What was changed in the store is found before anybody needs it, told, and made up for. */
  private void foundUnasked(StoreDamage store, PostgresCluster standby, DaemonProcess daemon)
      throws Exception {
    readOften();
    Path alert = home.resolve("object_damaged");
    String before = backups(daemon, "none");
    ObjectKey chunk = store.last("main/basebackup_chunk/");
    store.change(chunk);
    await().atMost(PATIENCE).until(() -> tells(alert, chunk.name()));
    backups(daemon, before);
    await().atMost(PATIENCE).until(() -> Files.notExists(alert));

    ObjectKey segment = new ObjectKey("main/xlog/" + written(standby, daemon));
    written(standby, daemon);
    store.change(segment);
    await().atMost(PATIENCE).until(() -> tells(alert, segment.name()));
    assertThat(daemon.json("GET", "/main/recovery").at("/gaps/0/first_missing").asText())
        .isEqualTo(segment.name());
    store.putBack(segment);
    await().atMost(PATIENCE).until(() -> Files.notExists(alert));
    assertThat(daemon.json("GET", "/main/recovery").get("gaps")).isEmpty();
  }

  /** Has the cluster write a segment, and waits until it is archived; its name. */
  private static String written(PostgresCluster standby, DaemonProcess daemon) {
    standby.psql("SELECT pg_logical_emit_message(true, '', 'something to switch for')");
    return drain(standby, daemon);
  }

  private static boolean tells(Path alert, String what) throws IOException {
    return Files.exists(alert) && Files.readString(alert).contains(what);
  }

  /** Has each object of the site read every three seconds or so. */
  private void readOften() throws IOException {
    Path config = home.resolve("pghoard.json");
    Path draft =
        Files.writeString(
            home.resolve("draft"),
            Files.readString(config)
                .replace(
                    "\"active_backup_mode\"",
                    "\"scrub_interval_days\": 0.00003, \"active_backup_mode\""));
    Files.move(draft, config, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A server that cannot read all its WAL ends, and does not take what it has for all there is. */
  private void recoveryEnds(String name) throws IOException {
    Path settings = home.resolve(name).resolve("postgresql.auto.conf");
    String patient = Files.readString(settings);
    String command =
        patient
            .lines()
            .filter(line -> line.startsWith("restore_command"))
            .findFirst()
            .orElseThrow();
    Files.writeString(settings, command.replaceFirst("'$", " --deadline 5'") + "\n", APPEND);
    try (PostgresCluster restored = PostgresCluster.restored(home.resolve(name))) {
      try {
        restored.start();
      } catch (IllegalStateException e) {
        // Before it took connections.
      }
      await().atMost(PATIENCE).until(() -> !restored.running());
      assertThat(restored.serverLog()).contains("FATAL", "exit code 200");
    }
    Files.writeString(settings, patient);
  }

  private void refused(PostgresCluster scripts, String name, String object) {
    RestoreToolRun run = tool(scripts, name);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains(object);
    assertThat(home.resolve(name).resolve("global/pg_control")).doesNotExist();
  }
}
