// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.command.DaemonProcess;
import io.pghoard.command.RestoreTool;
import io.pghoard.postgres.PostgresCluster;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Base backups that bring their own WAL, of a cluster that archives nothing. */
class BaseBackupWalIT {
  @Test
  void standaloneBackups_canBeRestored_withNothingElse(@TempDir Path home) throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(ReceivingCluster.OPTIONS);
        DaemonProcess daemon = standalone(home, cluster)) {
      cluster.psql("CREATE TABLE t AS SELECT 1 AS n");
      awaitBackups(daemon, 1);
      cluster.psql("INSERT INTO t VALUES (2)");
      cluster.switchWal();
      cluster.psql("INSERT INTO t VALUES (3)");
      cluster.switchWal();
      cluster.psql("INSERT INTO t VALUES (4)");
      daemon.json("PUT", "/main/basebackup");
      awaitBackups(daemon, 2);
      JsonNode recovery = daemon.json("GET", "/main/recovery");
      assertThat(recovery.get("gaps")).isEmpty();
      assertThat(recovery.get("windows"))
          .allSatisfy(window -> assertThat(window.get("restorable").asBoolean()).isTrue());

      Path target = home.resolve("restored");
      int status =
          RestoreTool.run(
              "get-basebackup",
              "--restore-to-primary",
              "--config=" + daemon.config(),
              "--target-dir=" + target,
              "--pghoard-postgres-command-bin="
                  + cluster.directory().program("pghoard_postgres_command"));
      assertThat(status).isZero();
      try (PostgresCluster restored = PostgresCluster.open(target)) {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
        assertThat(restored.psql("SELECT n FROM t ORDER BY n")).containsExactly("1", "2", "3", "4");
      }
    }
  }

  private static DaemonProcess standalone(Path home, PostgresCluster cluster) throws Exception {
    return DaemonProcess.start(
        home,
        DaemonProcess.freePort(),
        """
        "active_backup_mode": "standalone_hot_backup", "basebackup_interval_hours": 24,
        "basebackup_count": 5, "nodes": ["%s"],
        "object_storage": {"storage_type": "local", "directory": "%s/repository"}
        """
            .formatted(cluster.connectionString(), home));
  }

  private static void awaitBackups(DaemonProcess daemon, int number) {
    await()
        .atMost(Duration.ofMinutes(2))
        .failFast("the daemon has ended", () -> !daemon.isAlive())
        .ignoreExceptions()
        .until(() -> daemon.json("GET", "/main/basebackup").get("basebackups").size() == number);
  }
}
