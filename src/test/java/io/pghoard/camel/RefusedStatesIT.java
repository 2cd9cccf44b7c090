// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.RunningService.SITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.command.DaemonProcess;
import io.pghoard.command.RestoreToolRun;
import io.pghoard.config.Sites;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/operations.md tells an operator to do when WAL is refused, done on real servers: {@code
 * pghoard check} fails in each such state and says what to do, and no more once that is done.
 */
class RefusedStatesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Path home;
  private PostgresCluster cluster;
  private RunningService daemon;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    home = directory;
    cluster = cluster();
    Files.writeString(
        home.resolve("application.properties"),
        "pghoard.server.check-delay = 500\npghoard.server.check-period = 500\n");
    int port = DaemonProcess.freePort();
    daemon =
        new RunningService(
            home,
            cluster.dataDirectory(),
            root -> {
              root.put("http_port", port);
              site(root).putArray("nodes").add(cluster.connectionString());
            });
  }

  @AfterEach
  void end() throws IOException {
    daemon.close();
    cluster.close();
  }

  /** Its archive_command is empty: what is finished waits. */
  private static PostgresCluster cluster() {
    return PostgresCluster.create(
        ClusterOptions.standard()
            .withWalSegmentMegabytes(1)
            .archivingWith("")
            .with("autovacuum", "off")
            .with("wal_keep_size", "1GB"));
  }

  private static ObjectNode site(ObjectNode root) {
    return root.withObject("/backup_sites/main");
  }

  private void archive(PostgresCluster server) {
    server.configure(
        "archive_command",
        "%s --site main --xlog %%f --port %d"
            .formatted(
                server.directory().program("pghoard_archivecommand"), daemon.service().httpPort()));
  }

  private static String next(PostgresCluster server) {
    server.psql("SELECT pg_logical_emit_message(false, '', 'something')");
    return server.switchWal();
  }

  private boolean isStored(String key) throws IOException {
    return !daemon.store().keys(key).isEmpty();
  }

  private void awaitStored(String key) {
    await().atMost(PATIENCE).until(() -> isStored(key));
  }

  private static void awaitRefusal(PostgresCluster server) {
    await()
        .atMost(PATIENCE)
        .until(() -> server.value("SELECT failed_count > 0 FROM pg_stat_archiver").equals("t"));
  }

  /** Gives the site another server, and waits until that is in force. */
  private void serve(PostgresCluster server) throws IOException {
    Path data = server.dataDirectory();
    daemon.reconfigure(
        root -> {
          ObjectNode site = root.withObject("/backup_sites/main");
          site.put("pg_data_directory", data.toString());
          site.putArray("nodes").add(server.connectionString());
        });
    Sites sites = daemon.service().bean("sites", Sites.class);
    await().atMost(PATIENCE).until(() -> data.equals(sites.get(SITE).dataDirectory()));
  }

  private RestoreToolRun check() {
    return RestoreToolRun.check(home.resolve("pghoard.json"));
  }

  /** The site has no base backup, which is a failure as soon as it has WAL; these are more. */
  private void assertCheckFails(String check, String remedy) {
    RestoreToolRun run = check();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.failedChecks()).as(run.out()).contains("main: " + check);
    assertThat(run.out()).contains(remedy);
  }

  @Test
  void clusterMadeAnew_isArchivedUnderAPrefixOfItsOwn_andTheOldOneStays() throws Exception {
    archive(cluster);
    String old = next(cluster);
    awaitStored("main/xlog/" + old);
    try (PostgresCluster fresh = cluster()) {
      serve(fresh);
      archive(fresh);
      String segment = next(fresh);
      awaitRefusal(fresh);
      await().atMost(PATIENCE).until(() -> Files.exists(home.resolve("foreign_cluster")));
      assertThat(Files.readString(home.resolve("foreign_cluster"))).contains("prefix");
      assertCheckFails("postgres: repository", "\"prefix\": \"main-2\"");

      daemon.reconfigure(
          root -> {
            ObjectNode sites = (ObjectNode) root.get("backup_sites");
            ObjectNode former = sites.get("main").deepCopy();
            sites.set("main-old", former.put("active", false).put("prefix", "main"));
            sites.withObject("/main").put("prefix", "main-2");
          });

      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  Files.exists(home.resolve("repository/main-2/xlog/" + segment))
                      && Files.notExists(home.resolve("foreign_cluster")));
      assertThat(home.resolve("repository/main/xlog/" + old)).exists();
      assertThat(daemon.json("/main-old/recovery").get("windows")).isEmpty();
      assertThat(check().failedChecks()).doesNotContain("main: postgres: repository");
    }
  }

  @Test
  void segmentWithoutAStatus_isArchivedOnceItIsMarkedReady() throws Exception {
    String name = next(cluster);
    Path status = cluster.walDirectory().resolve("archive_status/" + name + ".ready");
    Files.delete(status);
    archive(cluster);
    awaitStored("main/xlog/" + next(cluster));
    assertThat(isStored("main/xlog/" + name)).isFalse();

    cluster.run("touch", List.of(status.toString())).orFail();

    // The archiver looks by itself after a minute at the latest; a finished segment wakes it up.
    next(cluster);
    awaitStored("main/xlog/" + name);
  }

  @Test
  void historyThatNoServerHas_isWrittenByHand() throws Exception {
    archive(cluster);
    awaitStored("main/xlog/" + next(cluster));
    try (PostgresCluster standby = cluster.standby()) {
      standby.configure("archive_command", "");
      cluster.stop();
      standby.promote();
      Path history = standby.walDirectory().resolve("00000002.history");
      String written = Files.readString(history);
      Files.delete(history);
      Files.deleteIfExists(standby.walDirectory().resolve("archive_status/00000002.history.ready"));
      serve(standby);
      String segment = next(standby);
      archive(standby);
      awaitRefusal(standby);
      assertThat(isStored("main/xlog/" + segment)).isFalse();
      // A failure of the archiver is one of the site after two minutes.
      assertThat(check().out()).contains("main: postgres: archiver", "with " + segment);

      String command = "printf '1\\t%s\\tlost\\n' > '%s'".formatted(switchPoint(written), history);
      standby.run("sh", List.of("-c", command)).orFail();

      awaitStored("main/xlog/" + segment);
      assertThat(daemon.store().keys("main/timeline/"))
          .contains(new ObjectKey("main/timeline/00000002.history"));
    }
  }

  private static String switchPoint(String history) {
    return history.split("\t", 3)[1];
  }

  @Test
  void serverThatGoesBackToACopy_byARecoveryToANewTimeline_breaksNoHistory() throws Exception {
    archive(cluster);
    awaitStored("main/xlog/" + next(cluster));
    cluster.stop();
    String data = cluster.dataDirectory().toString();
    cluster.run("cp", List.of("-a", data, data + ".copy")).orFail();
    cluster.start();
    next(cluster);
    awaitStored("main/xlog/" + next(cluster));
    cluster.stop();
    cluster.run("mv", List.of(data, data + ".old")).orFail();
    cluster.run("mv", List.of(data + ".copy", data)).orFail();

    cluster.configure("restore_command", "false");
    cluster.run("touch", List.of(data + "/recovery.signal")).orFail();
    cluster.start();

    await().atMost(PATIENCE).until(() -> cluster.value("SELECT pg_is_in_recovery()").equals("f"));
    String first = next(cluster);
    assertThat(first).startsWith("00000002");
    awaitStored("main/xlog/" + first);
    awaitStored("main/xlog/" + next(cluster));
    assertThat(isStored("main/history_break/")).isFalse();
    try (DirectoryStream<Path> alerts =
        Files.newDirectoryStream(home, "{archive_conflict,wal_history_broken}")) {
      assertThat(alerts).isEmpty();
    }
  }

  private void awaitAlert(String alert, String text) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(home.resolve(alert)).content().contains(text));
  }

  @Test
  void copyThatRunsBesideTheServer_isRefused_untilItHasASiteOfItsOwn() throws Exception {
    archive(cluster);
    awaitStored("main/xlog/" + next(cluster));
    try (PostgresCluster copy = cluster.standby()) {
      copy.stop();
      Files.delete(copy.dataDirectory().resolve("standby.signal"));
      copy.start();
      String same = next(copy);
      assertThat(same).startsWith("00000001");
      awaitRefusal(copy);
      awaitAlert("archive_conflict", "of a server that is not the site's");
      awaitAlert("archive_conflict", "give it a site of its own");
      assertCheckFails("daemon: alert archive_conflict", "give it a site of its own");

      String own = next(cluster);
      awaitStored("main/xlog/" + own);
      awaitStored("main/xlog/" + next(cluster));
      assertThat(isStored("main/history_break/")).isFalse();
      assertThat(cluster.value("SELECT failed_count FROM pg_stat_archiver")).isEqualTo("0");

      daemon.reconfigure(
          root -> {
            ObjectNode sites = (ObjectNode) root.get("backup_sites");
            ObjectNode another = sites.get("main").deepCopy();
            another.put("pg_data_directory", copy.dataDirectory().toString());
            another.put("prefix", "copy");
            sites.set("copy", another);
          });
      copy.configure(
          "archive_command",
          "%s --site copy --xlog %%f --port %d"
              .formatted(
                  cluster.directory().program("pghoard_archivecommand"),
                  daemon.service().httpPort()));
      await()
          .atMost(PATIENCE)
          .until(() -> Files.exists(home.resolve("repository/copy/xlog/" + same)));
    }
  }

  private void resetWal(String... options) {
    cluster.stop();
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add(cluster.dataDirectory().toString());
    cluster.run("pg_resetwal", arguments).orFail();
    cluster.start();
  }

  private void awaitGapBefore(String segment) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              next(cluster);
              return daemon.json("/main/recovery").get("gaps").toString().contains(segment);
            });
  }

  @Test
  void serverAfterPgResetwal_hasAGap_andAnotherSegmentSizeIsRefused() throws Exception {
    archive(cluster);
    next(cluster);
    awaitStored("main/xlog/" + next(cluster));

    // What was not archived is gone: no recovery passes from the old WAL to the new.
    resetWal("--force");
    awaitGapBefore(next(cluster));
    resetWal("--next-wal-file=000000010000000000000040");
    awaitGapBefore("000000010000000000000040");

    resetWal("--wal-segsize=2");
    String larger = next(cluster);
    awaitRefusal(cluster);
    awaitAlert("foreign_cluster", "WAL segments of 2097152 bytes");
    assertCheckFails("postgres: repository", "WAL segments of 2097152 bytes");
    assertCheckFails("daemon: alert foreign_cluster", "prefix");
    assertThat(isStored("main/xlog/" + larger)).isFalse();
  }
}
