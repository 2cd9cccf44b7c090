// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.s3.CephCluster;
import io.pghoard.repository.s3.S3Bucket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** One daemon with two sites, each with a user and a bucket of its own in one Ceph. */
@Timeout(300)
class CephSitesIT {
  @RegisterExtension static final S3Bucket CEPH = S3Bucket.inCeph();

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ClusterOptions OPTIONS =
      ClusterOptions.standard().withWalSegmentMegabytes(1).archivingWith("");

  @Test
  void sites_areKeptApart_andEachIsRestored(@TempDir Path home) throws Exception {
    int port = DaemonProcess.freePort();
    makeUsers();
    try (PostgresCluster main = PostgresCluster.create(OPTIONS);
        PostgresCluster other = PostgresCluster.create(OPTIONS)) {
      Map<String, PostgresCluster> sites = Map.of("main", main, "other", other);
      sites.forEach((site, cluster) -> cluster.psql("CREATE TABLE whose AS SELECT '" + site + "'"));
      try (RunningService daemon =
          new RunningService(
              home,
              main.dataDirectory(),
              root -> {
                root.put("http_port", port);
                sites.forEach((site, cluster) -> configure(root, site, cluster));
              })) {
        sites.forEach(
            (site, cluster) -> {
              cluster.configure(
                  "archive_command",
                  "%s --site %s --xlog %%f --port %d"
                      .formatted(
                          cluster.directory().program("pghoard_archivecommand"), site, port));
              await().atMost(PATIENCE).until(() -> hasBackup(daemon, site));
            });
        denied("main", "other");
        denied("other", "main");
        for (Map.Entry<String, PostgresCluster> site : sites.entrySet()) {
          restored(home, site.getKey(), site.getValue());
        }
      }
    }
  }

  private static String secret(String site) {
    return "the-secret-of-" + site;
  }

  private static void makeUsers() throws IOException {
    CephCluster ceph = CEPH.ceph();
    for (String site : List.of("main", "other")) {
      ceph.user("user-" + site, secret(site));
      try (S3Client client = ceph.client("user-" + site, secret(site))) {
        client.createBucket(r -> r.bucket("backups-" + site));
      }
    }
  }

  private static void configure(ObjectNode root, String name, PostgresCluster cluster) {
    ObjectNode site = root.withObject("/backup_sites/" + name);
    site.removeAll();
    site.put("active_backup_mode", "archive_command").put("basebackup_interval_hours", 24);
    site.put("pg_data_directory", cluster.dataDirectory().toString());
    site.putArray("nodes").add(cluster.connectionString());
    S3Bucket.use(site.putObject("object_storage"), CEPH.port(), "backups-" + name)
        .put("aws_access_key_id", "user-" + name)
        .put("aws_secret_access_key", secret(name));
  }

  private static boolean hasBackup(RunningService daemon, String site) throws Exception {
    JsonNode backups = daemon.json("/" + site + "/basebackup").get("basebackups");
    return !backups.isEmpty();
  }

  private static void denied(String site, String of) throws IOException {
    try (S3Client stranger = CEPH.ceph().client("user-" + site, secret(site));
        S3Client owner = CEPH.ceph().client("user-" + of, secret(of))) {
      String key = owner.listObjectsV2(r -> r.bucket("backups-" + of)).contents().get(0).key();
      assertThatExceptionOfType(S3Exception.class)
          .isThrownBy(() -> stranger.listObjectsV2(r -> r.bucket("backups-" + of)))
          .satisfies(refusal -> assertThat(refusal.statusCode()).isEqualTo(403));
      assertThatExceptionOfType(S3Exception.class)
          .isThrownBy(() -> stranger.getObject(r -> r.bucket("backups-" + of).key(key)))
          .satisfies(refusal -> assertThat(refusal.statusCode()).isEqualTo(403));
    }
  }

  private static void restored(Path home, String site, PostgresCluster scripts) {
    Path target = home.resolve("restored-" + site);
    RestoreToolRun run =
        RestoreToolRun.of(
            List.of(
                "get-basebackup",
                "--restore-to-primary",
                "--config=" + home.resolve("pghoard.json"),
                "--site=" + site,
                "--target-dir=" + target,
                "--pghoard-postgres-command-bin="
                    + scripts.directory().program("pghoard_postgres_command")));
    assertThat(run.status()).as(run.err()).isZero();
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      await()
          .atMost(PATIENCE)
          .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
      assertThat(restored.psql("TABLE whose")).containsExactly(site);
    }
  }
}
