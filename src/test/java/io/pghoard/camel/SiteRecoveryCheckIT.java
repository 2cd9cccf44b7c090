// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gaps in the archive of a real cluster, made on purpose: told, and mended by a base backup. */
class SiteRecoveryCheckIT {
  private static PostgresCluster cluster;

  @TempDir Path home = Path.of("");

  @BeforeAll
  static void create() {
    cluster =
        PostgresCluster.create(
            ReceivingCluster.OPTIONS
                .with("max_wal_size", "8MB")
                .with("min_wal_size", "2MB")
                .with("max_slot_wal_keep_size", "2MB"));
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void deletedSegment_isTheOnlyGap_andABaseBackupMendsIt() throws Exception {
    checkOften();
    try (ReceivingCluster site = site(cluster.connectionString())) {
      backUp(site, 1);
      assertThat(site.daemon.json("/main/recovery").get("gaps")).isEmpty();
      site.archived(cluster);
      String deleted = site.archived(cluster);
      String next = site.archived(cluster);
      site.daemon.store().delete(new ObjectKey("main/xlog/" + deleted));

      JsonNode recovery = site.daemon.json("/main/recovery");
      assertThat(recovery.get("gaps")).hasSize(1);
      JsonNode gap = recovery.get("gaps").get(0);
      assertThat(gap.get("first_missing").asText()).isEqualTo(deleted);
      assertThat(gap.get("next_present").asText()).isEqualTo(next);
      assertThat(gap.get("segments").asInt()).isEqualTo(1);
      JsonNode window = recovery.get("windows").get(0);
      assertThat(window.get("restorable").asBoolean()).isTrue();
      assertThat(window.get("gap")).isEqualTo(gap);

      awaitBackups(site, 2);
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(() -> assertThat(alerts("wal_gap")).isEmpty());
      JsonNode windows = site.daemon.json("/main/recovery").get("windows");
      assertThat(windows).hasSize(2);
      assertThat(windows.get(1).get("gap").isNull()).isTrue();
    }
  }

  @Test
  void walThatTheServerHasRemoved_isAGap_andReceivingGoesOn() throws Exception {
    checkOften();
    String last;
    String node = cluster.connectionString() + " slot=gap";
    try (ReceivingCluster site = site(node)) {
      backUp(site, 1);
      last = site.archived(cluster);
    }
    cluster.configure("wal_keep_size", "0");
    for (int i = 0; i < 12; i++) {
      cluster.psql("SELECT pg_logical_emit_message(true, 'test', 'gap')");
      cluster.switchWal();
    }
    cluster.psql("CHECKPOINT");
    cluster.psql("CHECKPOINT");
    assertThat(cluster.value("SELECT wal_status FROM pg_replication_slots")).isEqualTo("lost");
    cluster.configure("wal_keep_size", ReceivingCluster.WAL_KEPT);
    try (ReceivingCluster site = site(node)) {
      site.awaitStreaming();
      site.archived(cluster);
      JsonNode gaps = site.daemon.json("/main/recovery").get("gaps");
      assertThat(gaps).hasSize(1);
      assertThat(gaps.get(0).get("first_missing").asText()).isEqualTo(next(last));
      awaitBackups(site, 2);
      assertThat(cluster.value("SELECT wal_status FROM pg_replication_slots"))
          .isEqualTo("reserved");
    }
    cluster.psql("SELECT pg_drop_replication_slot('gap')");
  }

  private ReceivingCluster site(String node) throws Exception {
    return new ReceivingCluster(home, site -> site.put("basebackup_count", 5), node);
  }

  private void checkOften() throws IOException {
    Files.writeString(
        home.resolve("application.properties"),
        "pghoard.recovery.check-delay = 500\npghoard.recovery.check-period = 500\n");
  }

  private static String next(String segment) {
    return segment.substring(0, 16)
        + "%08X".formatted(Integer.parseInt(segment.substring(16), 16) + 1);
  }

  private static void backUp(ReceivingCluster site, int number) throws Exception {
    assertThat(site.daemon.send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
    awaitBackups(site, number);
  }

  private static void awaitBackups(ReceivingCluster site, int number) {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> site.daemon.json("/main/basebackup").get("basebackups").size() == number);
  }

  private List<String> alerts(String name) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      List<String> names = new ArrayList<>();
      files.map(path -> path.getFileName().toString()).forEach(names::add);
      names.removeIf(each -> !each.startsWith(name));
      return names;
    }
  }
}
