// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is rolled back to a copy of its data directory, on the same timeline. */
class SiteHistoryCheckIT {
  @TempDir Path home = Path.of("");
  private PostgresCluster cluster;

  @BeforeEach
  void create() throws IOException {
    cluster = PostgresCluster.create(ReceivingCluster.OPTIONS);
    Files.writeString(
        home.resolve("application.properties"), "pghoard.recovery.history-period = 500\n");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private Path copy() {
    Path copy = cluster.directory().path().resolve("copy");
    cluster.stop();
    cluster.run("cp", List.of("-a", cluster.dataDirectory().toString(), copy.toString())).orFail();
    cluster.start();
    return copy;
  }

  private void rollBack(Path copy) {
    cluster.stop();
    String data = cluster.dataDirectory().toString();
    cluster.run("mv", List.of(data, data + ".old")).orFail();
    cluster.run("mv", List.of(copy.toString(), data)).orFail();
    cluster.start();
  }

  private ReceivingCluster site() throws Exception {
    return new ReceivingCluster(home, cluster.connectionString() + " slot=pghoard");
  }

  private String switched() {
    cluster.psql("SELECT pg_logical_emit_message(true, 'test', repeat('x', 3000))");
    return cluster.switchWal();
  }

  private List<WalSegmentName> marks(ReceivingCluster site) throws IOException {
    return new HistoryBreaks(site.daemon.store(), new SiteKeys("main")).segments();
  }

  private boolean alerts() {
    return Files.exists(home.resolve("wal_history_broken"));
  }

  private static JsonNode backups(ReceivingCluster site) throws Exception {
    return site.daemon.json("/main/basebackup").get("basebackups");
  }

  private static boolean isMended(ReceivingCluster site, String marked) throws Exception {
    for (JsonNode backup : backups(site)) {
      String start = backup.at("/metadata/start-wal-segment").asText();
      if (start.compareTo(marked) >= 0) {
        return true;
      }
    }
    return false;
  }

  @Test
  void serverThatIsRolledBack_isTold_andANewHistoryBeginsWithABaseBackup() throws Exception {
    try (ReceivingCluster site = site()) {
      site.awaitStreaming();
      site.archived(cluster);
      Path copy = copy();
      site.awaitStreaming();
      site.archived(cluster);
      site.archived(cluster);
      String newest = site.archived(cluster);
      byte[] stored = Files.readAllBytes(home.resolve("repository/main/xlog/" + newest));
      rollBack(copy);

      await().atMost(ReceivingCluster.PATIENCE).until(this::alerts);
      assertThat(Files.readString(home.resolve("wal_history_broken")))
          .contains("it was rolled back")
          .contains("SELECT pg_switch_wal()");
      site.awaitStreaming();
      assertThat(site.receivers().keeps(RunningService.SITE)).isFalse();
      String first;
      do {
        first = switched();
      } while (first.compareTo(newest) <= 0);
      site.awaitStored(first);
      assertThat(marks(site)).containsExactly(WalSegmentName.parse(first));
      assertThat(Files.readAllBytes(home.resolve("repository/main/xlog/" + newest)))
          .isEqualTo(stored);
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .until(() -> site.receivers().keeps(RunningService.SITE));

      String marked = first;
      await()
          .atMost(ReceivingCluster.PATIENCE.multipliedBy(2))
          .until(
              () -> {
                switched();
                return isMended(site, marked);
              });
      await().atMost(ReceivingCluster.PATIENCE).until(() -> !alerts());
      try (Stream<Path> aside = Files.list(home.resolve("spool/main/xlog_receiving/refused"))) {
        assertThat(aside).isNotEmpty();
      }
    }
  }

  @Test
  void serverThatWasRolledBackWhileNoDaemonRan_andHasOvertaken_isFoundByItsWal() throws Exception {
    String newest;
    Path copy;
    try (ReceivingCluster site = site()) {
      site.awaitStreaming();
      site.archived(cluster);
      copy = copy();
      site.awaitStreaming();
      newest = site.archived(cluster);
    }
    rollBack(copy);
    cluster.psql("SELECT pg_logical_emit_message(true, 'test', repeat('other', 500))");
    String reached;
    do {
      reached = switched();
    } while (reached.compareTo(newest) <= 0);
    reached = switched();
    try (ReceivingCluster site = site()) {
      site.awaitStored(reached);
      // Segments are stored side by side: the one that breaks off may come last.
      await().atMost(ReceivingCluster.PATIENCE).until(() -> !marks(site).isEmpty());
      assertThat(marks(site)).hasSize(1);
      assertThat(marks(site).get(0).toString()).isGreaterThan(newest);
      await().atMost(ReceivingCluster.PATIENCE).until(this::alerts);
    }
  }
}
