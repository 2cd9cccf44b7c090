// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.FaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site with two nodes: the standby takes the primary's place, and pghoard follows. */
class FailoverReceiveIT {
  @Test
  void promotedStandby_isFollowed_andTheArchiveHasNoGap(@TempDir Path home) throws Exception {
    try (PostgresCluster primary = PostgresCluster.create(ReceivingCluster.OPTIONS);
        PostgresCluster standby = primary.standby();
        ReceivingCluster site =
            new ReceivingCluster(
                home,
                keys -> keys.put("basebackup_count", 5),
                standby.connectionString() + " slot=pghoard",
                primary.connectionString() + " slot=pghoard")) {
      site.awaitStreaming();
      assertThat(site.receivers().status(RunningService.SITE).node())
          .contains("port='" + primary.port() + "'");
      backUp(site, 1);
      site.archived(primary);
      primary.psql("SELECT pg_logical_emit_message(true, 'test', 'the last of timeline 1')");
      primary.stop();
      standby.promote();

      await()
          .atMost(ReceivingCluster.PATIENCE)
          .until(
              () ->
                  site.receivers().streams(RunningService.SITE)
                      && String.valueOf(site.receivers().status(RunningService.SITE).node())
                          .contains("port='" + standby.port() + "'"));
      String first = site.archived(standby);
      assertThat(first).startsWith("00000002");
      site.awaitStored("00000002.history");
      backUp(site, 2);
      JsonNode recovery = site.daemon.json("/main/recovery");
      assertThat(recovery.get("gaps")).isEmpty();
      assertThat(recovery.get("windows"))
          .hasSize(2)
          .allSatisfy(window -> assertThat(window.get("timeline").asInt()).isEqualTo(2));
    }
  }

  @Test
  void promotedStandby_thatWasBehind_isFollowedFromWhereItsTimelineBegins(@TempDir Path home)
      throws Exception {
    try (PostgresCluster primary = PostgresCluster.create(ReceivingCluster.OPTIONS);
        PostgresCluster standby = primary.standby();
        ReceivingCluster site =
            new ReceivingCluster(
                home,
                standby.connectionString() + " slot=pghoard",
                primary.connectionString() + " slot=pghoard")) {
      site.awaitStreaming();
      site.archived(primary);
      backUp(site, 1);
      standby.stop();
      // What only the former primary and pghoard get, more than a segment.
      site.archived(primary);
      String abandoned = site.archived(primary);
      primary.stopImmediately();
      standby.start();
      standby.promote();

      String first = standby.value("SELECT pg_walfile_name(pg_current_wal_lsn())");
      assertThat(first).startsWith("00000002");
      assertThat(first.substring(8)).isLessThan(abandoned.substring(8));
      site.archived(standby);
      site.awaitStored(first);
      JsonNode recovery = site.daemon.json("/main/recovery");
      assertThat(recovery.get("gaps")).isEmpty();
      assertThat(recovery.get("windows").get(0).get("gap").isNull()).isTrue();
      assertThat(recovery.get("windows").get(0).get("last_segment").asText())
          .startsWith("00000002");
    }
  }

  @Test
  void standby_isBackedUp_whileNoPrimaryIsNamed(@TempDir Path home) throws Exception {
    try (PostgresCluster primary = PostgresCluster.create(ReceivingCluster.OPTIONS);
        PostgresCluster standby = primary.standby();
        ReceivingCluster site = new ReceivingCluster(home, standby.connectionString())) {
      site.awaitStreaming();
      site.archived(primary);
      primary.psql("CHECKPOINT");
      assertThat(site.daemon.send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
      // A standby finishes no segment by itself.
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                primary.psql("SELECT pg_logical_emit_message(true, 'test', 'x'), pg_switch_wal()");
                return site.daemon.json("/main/basebackup").get("basebackups").size() == 1;
              });
      assertThat(
              site.daemon
                  .json("/main/recovery")
                  .get("windows")
                  .get(0)
                  .get("restorable")
                  .asBoolean())
          .isTrue();
    }
  }

  @Test
  void standbyThatIsPromotedDuringItsBackup_hasNone_andTheNextOneIsTaken(@TempDir Path home)
      throws Exception {
    try (PostgresCluster primary = PostgresCluster.create(ReceivingCluster.OPTIONS);
        PostgresCluster standby = primary.standby();
        FaultProxy network = new FaultProxy(standby.port());
        ReceivingCluster site =
            new ReceivingCluster(
                home, "host=127.0.0.1 user=postgres slot=pghoard port=" + network.port())) {
      site.awaitStreaming();
      network.fault(FaultProxy.trickle(FaultProxy.Direction.TO_CLIENT, 2 << 20));
      assertThat(site.daemon.send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .until(() -> backups(site).at("/running_basebackup/phase").asText().equals("copying"));
      standby.promote();
      network.fault(FaultProxy.healthy());

      await()
          .atMost(ReceivingCluster.PATIENCE)
          .until(() -> backups(site).at("/last_basebackup/failure").asText().contains("promoted"));
      assertThat(site.daemon.json("/main/basebackup").get("basebackups")).isEmpty();
      site.archived(standby);
      backUp(site, 1);
    }
  }

  /** How the base backups of the site stand. */
  private static JsonNode backups(ReceivingCluster site) throws Exception {
    return site.daemon.json("/status").at("/backup_sites/main");
  }

  private static void backUp(ReceivingCluster site, int number) throws Exception {
    assertThat(site.daemon.send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> site.daemon.json("/main/basebackup").get("basebackups").size() == number);
  }
}
