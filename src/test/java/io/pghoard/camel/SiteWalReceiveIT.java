// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.postgres.KnownCluster;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.SmallFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WAL of a real PostgreSQL, received by pg_receivewal; and base backups beside it. */
class SiteWalReceiveIT {
  private static PostgresCluster cluster;

  @TempDir Path home = Path.of("");

  @BeforeAll
  static void create() {
    cluster = PostgresCluster.create(ReceivingCluster.OPTIONS);
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void finishedSegment_isStored_andOnlyTheNewestIsKept() throws Exception {
    try (ReceivingCluster site = new ReceivingCluster(home, cluster.connectionString())) {
      site.awaitStreaming();
      String first = site.archived(cluster);
      String second = site.archived(cluster);
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(() -> assertThat(site.received()).contains(second).doesNotContain(first));
      assertThat(site.programs()).hasSize(1);
      cluster.restart();
      site.awaitStreaming();
      site.archived(cluster);
    }
    assertThat(ReceivingCluster.programs(home.resolve("spool/main/xlog_incoming"))).isEmpty();
  }

  @Test
  void baseBackup_getsItsWalFromTheReceiver() throws Exception {
    try (ReceivingCluster site = new ReceivingCluster(home, cluster.connectionString())) {
      // At once: it is the schedule that waits for the receiver.
      assertThat(site.daemon.send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> site.daemon.json("/main/basebackup").get("basebackups").size() == 1);
      JsonNode backup = site.daemon.json("/main/basebackup").get("basebackups").get(0);
      JsonNode metadata = backup.get("metadata");
      assertThat(metadata.get("active-backup-mode").asText()).isEqualTo("pg_receivexlog");
      assertThat(site.stored(metadata.get("start-wal-segment").asText())).isTrue();
      assertThat(site.stored(metadata.get("end-wal-segment").asText())).isTrue();
    }
  }

  @Test
  void shortDisk_endsTheReceiver_whichGoesOnByItself() throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.mount(home.resolve("spool"), 64 << 20);
        ReceivingCluster site =
            new ReceivingCluster(
                home,
                keys ->
                    keys.putObject("pg_receivexlog")
                        .put("disk_space_check_interval", 1)
                        .put("min_disk_free_bytes", 32 << 20)
                        .put("resume_multiplier", 1.2),
                cluster.connectionString())) {
      site.awaitStreaming();
      disk.resize(24 << 20);
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(site.receivers().status(RunningService.SITE).trouble())
                      .contains("is nearly full"));
      assertThat(site.programs()).isEmpty();
      disk.resize(64 << 20);
      site.awaitStreaming();
      site.archived(cluster);
    }
  }

  @Test
  void segmentThatIsArchivedToo_isOneObject() throws Exception {
    try (ReceivingCluster site =
        new ReceivingCluster(
            home,
            keys -> keys.put("pg_data_directory", cluster.dataDirectory().toString()),
            cluster.connectionString())) {
      site.awaitStreaming();
      String received = site.archived(cluster);
      finished(received);
      assertThat(site.daemon.send("PUT", "/main/archive/" + received).statusCode()).isEqualTo(201);
      // And the other way round: what was archived first is received and compared.
      cluster.psql("SELECT pg_logical_emit_message(true, 'test', 'archived first')");
      String archived = cluster.switchWal();
      finished(archived);
      assertThat(site.daemon.send("PUT", "/main/archive/" + archived).statusCode()).isEqualTo(201);
      String next = site.archived(cluster);
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(() -> assertThat(site.received()).contains(next).doesNotContain(archived));
    }
  }

  /** As PostgreSQL notes it of a segment when archive_mode is on. */
  private void finished(String segment) throws IOException {
    Files.createFile(cluster.dataDirectory().resolve("pg_wal/archive_status/" + segment + ".done"));
  }

  @Test
  void siteThatIsRenamedAway_isReceivedNoMore_andOneThatComesIs() throws Exception {
    try (ReceivingCluster site = new ReceivingCluster(home, cluster.connectionString())) {
      site.awaitStreaming();
      assertThat(site.daemon.json("/status").at("/pg_receivexlogs/main/running").asBoolean())
          .isTrue();
      Path config = home.resolve("pghoard.json");
      site.daemon.writeConfig(Files.readString(config).replace("\"main\"", "\"other\""));
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .until(
              () ->
                  site.programs().isEmpty()
                      && site.daemon
                          .json("/status")
                          .at("/pg_receivexlogs/other/running")
                          .asBoolean());
      assertThat(ReceivingCluster.programs(home.resolve("spool/other/xlog_incoming"))).hasSize(1);
      assertThat(site.daemon.json("/status").at("/pg_receivexlogs").has("main")).isFalse();
    }
    assertThat(ReceivingCluster.programs(home.resolve("spool/other/xlog_incoming"))).isEmpty();
  }

  @Test
  void otherCluster_isRefused() throws Exception {
    Path own = Files.createDirectories(home.resolve("spool/main/xlog_receiving"));
    new KnownCluster(new SystemIdentifier(7), 150000, WalSegmentSize.DEFAULT)
        .write(own.resolve("cluster"));
    try (ReceivingCluster site = new ReceivingCluster(home, cluster.connectionString())) {
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(site.receivers().status(RunningService.SITE).trouble())
                      .contains("belongs to cluster 7", "give the site a new \"prefix\""));
      assertThat(site.programs()).isEmpty();
    }
  }
}
