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
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is damaged in the repository of a real cluster is found unasked, told, and made up for. */
class SiteScrubIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String[] OFTEN = {
    "pghoard.scrub.delay", "100",
    "pghoard.scrub.period", "100",
    "pghoard.recovery.check-delay", "100",
    "pghoard.recovery.check-period", "100",
    "pghoard.retention.delay", "100",
    "pghoard.retention.period", "100",
    "pghoard.base-backup.check-period", "100"
  };

  @Test
  void damagedBaseBackup_isTold_andAnotherTakesItsPlace() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = readOften(cluster)) {
      site.take("requested");
      String first = site.catalogue().baseBackups().get(0).name();
      Files.createFile(site.home.resolve("maintenance"));
      ObjectKey chunk = site.store().keys("main/basebackup_chunk/").get(1);
      change(site.home.resolve("repository").resolve(chunk.text()));
      Files.delete(site.home.resolve("maintenance"));

      Path alert = site.home.resolve("object_damaged");
      await().atMost(LIMIT).until(() -> Files.exists(alert));
      assertThat(site.running().json("/status").toString()).contains("object_damaged");
      // The damaged one goes, and its mark and the alert with it, when the new one is there.
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  site.catalogue().baseBackups().stream()
                      .noneMatch(backup -> backup.name().equals(first)));
      await().atMost(LIMIT).until(() -> Files.notExists(alert));
      assertThat(site.catalogue().baseBackups()).hasSize(1);
      assertThat(site.store().keys("main/damaged_object/")).isEmpty();
    }
  }

  @Test
  void damagedWal_isAGap_untilItIsPutBack() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = readOften(cluster)) {
      site.take("requested");
      String segment = next(cluster);
      String later = next(cluster);
      Path file = site.home.resolve("repository/main/xlog").resolve(segment);
      await().atMost(LIMIT).until(() -> Files.exists(file.resolveSibling(later)));
      // As an object of pghoard's has it; the cluster archives by itself here.
      Files.writeString(
          Path.of(file + ".metadata"), "{\"Content-Length\": \"%d\"}".formatted(1 << 20));
      Path hold = Files.createFile(site.home.resolve("hold"));
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, 1000));

      await().atMost(LIMIT).until(() -> gaps(site).size() == 1);
      JsonNode gap = gaps(site).get(0);
      assertThat(gap.get("damaged").asBoolean()).isTrue();
      assertThat(gap.get("first_missing").asText()).isEqualTo(segment);
      await().atMost(LIMIT).until(() -> Files.exists(site.home.resolve("wal_gap")));
      assertThat(Files.readString(site.home.resolve("wal_gap")))
          .contains("the segment " + segment + " is damaged");
      Path damaged = site.home.resolve("object_damaged");
      await().atMost(LIMIT).until(() -> Files.exists(damaged));
      assertThat(Files.readString(damaged)).contains(segment);

      Files.write(file, whole);
      await().atMost(LIMIT).until(() -> gaps(site).isEmpty());
      Files.delete(hold);
    }
  }

  /** Each object is read every second or so. */
  private static BackedUpCluster readOften(PostgresCluster cluster) throws Exception {
    return new BackedUpCluster(cluster, each -> each.put("scrub_interval_days", 0.00001), OFTEN);
  }

  /** Has the cluster write something, and end the segment; its name. */
  private static String next(PostgresCluster cluster) {
    cluster.psql("SELECT pg_logical_emit_message(true, '', 'something to switch for')");
    return cluster.switchWal();
  }

  private static JsonNode gaps(BackedUpCluster site) throws IOException, InterruptedException {
    return site.running().json("/main/recovery").get("gaps");
  }

  private static void change(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
