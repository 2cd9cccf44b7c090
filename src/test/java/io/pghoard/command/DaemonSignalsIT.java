// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.codec.Compression;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What the daemon does when the system tells it something. */
class DaemonSignalsIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  private static PostgresCluster cluster;

  @BeforeAll
  static void create() {
    cluster =
        PostgresCluster.create(
            ClusterOptions.standard()
                .withWalSegmentMegabytes(1)
                .archivingWith("")
                .with("wal_keep_size", "1GB"));
    cluster.pgbench("-i", "-q", "-s", "5");
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void hangup_hasTheConfigurationReadAgain_andASecondDaemonIsRefused(@TempDir Path home)
      throws Exception {
    int port = DaemonProcess.freePort();
    try (DaemonProcess daemon = DaemonProcess.start(home, cluster, port, "null")) {
      await().atMost(LIMIT).ignoreExceptions().until(() -> health(daemon));
      String good = Files.readString(daemon.config());
      Files.writeString(daemon.config(), good.replace("\"http_port\"", "\"http_prot\""));
      signal("HUP", daemon);
      await().atMost(LIMIT).until(() -> Files.exists(home.resolve("configuration_error")));
      assertThat(health(daemon)).isTrue();
      Files.writeString(daemon.config(), good.replace("\"main\": {", "\"renamed\": {"));
      signal("HUP", daemon);
      await().atMost(LIMIT).until(() -> daemon.json("GET", "/main/basebackup").has("error"));
      assertThat(daemon.json("GET", "/renamed/basebackup").has("basebackups")).isTrue();
      assertThat(daemon.log()).contains("again on SIGHUP");
      await().atMost(LIMIT).until(() -> Files.notExists(home.resolve("configuration_error")));
      secondDaemon_isRefused_andNamesTheFirst(daemon);
      assertThat(daemon.stop()).isEqualTo(143);
    }
  }

  private static void secondDaemon_isRefused_andNamesTheFirst(DaemonProcess first)
      throws Exception {
    Process second = first.another();
    String said = new String(second.getInputStream().readAllBytes(), UTF_8);
    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(said)
        .contains("another pghoard (process " + first.pid() + ") works in " + first.home);
    assertThat(health(first)).isTrue();
  }

  @Test
  void terminate_whileAllIsUnderWay_endsInTime_andLeavesNothingHalfDone(@TempDir Path home)
      throws Exception {
    int port = DaemonProcess.freePort();
    try (FaultProxy slow = new FaultProxy(BUCKET.port())) {
      slow.fault(FaultProxy.trickle(FaultProxy.Direction.TO_SERVER, 60_000));
      ObjectNode root = new ObjectMapper().createObjectNode();
      root.putObject("backup_sites").putObject("main");
      String storage = BUCKET.use(root, slow.port()).toString();
      cluster.configure("archive_command", DaemonProcess.archiveCommand(cluster, port));
      try (DaemonProcess daemon =
          DaemonProcess.start(home, cluster, port, new DaemonProcess.Site("24", storage, "lzma"))) {
        await().atMost(LIMIT).until(() -> running(daemon).path("done_bytes").asLong() > 0);
        cluster.pgbench("-t", "200");
        await().atMost(LIMIT).until(() -> !keys("main/xlog/").isEmpty());
        cluster.switchWal();
        assertThat(running(daemon)).as("too fast for this test: base backup").isNotEmpty();
        long begun = System.nanoTime();
        assertThat(daemon.stop()).isEqualTo(143);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LIMIT);
        assertThat(daemon.log())
            .contains("pghoard is being stopped")
            .doesNotContain("some of its objects could not be deleted");
      }
      assertThat(keys("main/basebackup/")).isEmpty();
      assertThat(BUCKET.uploads()).isEmpty();
      assertThat(home.resolve("spool/spool")).doesNotExist();
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(cluster.psql("SELECT pid FROM pg_stat_progress_basebackup"))
                      .isEmpty());
      whatIsAcknowledged_isStoredWhole();
      // A put that was all on its way may still succeed when the daemon has gone.
      slow.fault(FaultProxy.healthy());
      nextBackup_takesWhatIsLeftAway(home, port, storage);
    } finally {
      cluster.configure("archive_command", "");
    }
  }

  private static void nextBackup_takesWhatIsLeftAway(Path home, int port, String storage)
      throws Exception {
    try (DaemonProcess next =
        DaemonProcess.start(home, cluster, port, new DaemonProcess.Site("24", storage, "lzma"))) {
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> next.json("GET", "/main/basebackup").get("basebackups").size() == 1);
      String name = next.json("GET", "/main/basebackup").at("/basebackups/0/name").asText();
      String chunks = "main/basebackup_chunk/" + name.replaceFirst("\\..*", "") + "/";
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(keys("main/basebackup_chunk/"))
                      .isNotEmpty()
                      .allMatch(key -> key.startsWith(chunks)));
    }
  }

  private static JsonNode running(DaemonProcess daemon) throws Exception {
    return daemon.json("GET", "/status").at("/backup_sites/main/running_basebackup");
  }

  private static void whatIsAcknowledged_isStoredWhole() throws Exception {
    S3Client store = BUCKET.client();
    int whole = 0;
    for (String key : keys("main/xlog/")) {
      byte[] stored = store.getObjectAsBytes(r -> r.bucket(BUCKET.name()).key(key)).asByteArray();
      Path file = cluster.walDirectory().resolve(key.substring("main/xlog/".length()));
      try (InputStream plain =
          Compression.named("lzma", 0, 1).decode(new ByteArrayInputStream(stored))) {
        assertThat(plain.readAllBytes()).as(key).isEqualTo(Files.readAllBytes(file));
      }
      whole++;
    }
    Path status = cluster.walDirectory().resolve("archive_status");
    try (DirectoryStream<Path> done = Files.newDirectoryStream(status, "*.done")) {
      for (Path file : done) {
        assertThat(keys("main/xlog/"))
            .contains("main/xlog/" + file.getFileName().toString().replace(".done", ""));
      }
    }
    assertThat(whole).isPositive();
  }

  private static List<String> keys(String prefix) {
    return BUCKET
        .client()
        .listObjectsV2Paginator(r -> r.bucket(BUCKET.name()).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  private static boolean health(DaemonProcess daemon) throws IOException, InterruptedException {
    return daemon.json("GET", "/health").path("status").asText().equals("UP");
  }

  private static void signal(String name, DaemonProcess daemon)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(daemon.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
