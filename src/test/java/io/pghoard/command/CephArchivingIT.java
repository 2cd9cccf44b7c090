// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.codec.Compression;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.s3.S3Bucket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A real PostgreSQL archives into a Ceph that hangs, then answers 503, then recovers. */
@Timeout(300)
class CephArchivingIT {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern EXIT = Pattern.compile("exit code (\\d+)");

  @Test
  void outage_costsTimeAlone_andTheBacklogDrainsSideBySide(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("application.properties"), "pghoard.storage.retries = 1\n");
    int port = DaemonProcess.freePort();
    ClusterOptions options =
        ClusterOptions.standard()
            .withWalSegmentMegabytes(1)
            .archivingWith("")
            .with("wal_keep_size", "1GB");
    try (FaultProxy network = new FaultProxy(BUCKET.port());
        PostgresCluster cluster = PostgresCluster.create(options);
        DaemonProcess daemon =
            DaemonProcess.start(home, cluster, port, new DaemonProcess.Site("null", at(network)))) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> daemon.json("GET", "/status") != null);
      cluster.configure("archive_command", DaemonProcess.archiveCommand(cluster, port));
      drain(cluster);

      network.fault(FaultProxy.silence());
      cluster.pgbench("-i", "-q", "-s", "2");
      failsWith(cluster, "does not respond|call_timeout");
      network.fault(FaultProxy.answering("503 Slow Down"));
      failsWith(cluster, "answered 503");
      assertThat(status(cluster, ".ready")).hasSizeGreaterThan(20);
      assertThat(daemon.isAlive()).isTrue();

      network.fault(FaultProxy.latency(2));
      drain(cluster);

      assertThat(network.mostWaiting()).isGreaterThan(1);
      checkBucket(cluster);
      Matcher exits = EXIT.matcher(cluster.serverLog());
      while (exits.find()) {
        assertThat(Integer.parseInt(exits.group(1))).isBetween(1, 125);
      }
    }
  }

  private static String at(FaultProxy network) {
    return S3Bucket.use(new ObjectMapper().createObjectNode(), network.port(), BUCKET.name())
        .put("read_timeout", 2)
        .put("call_timeout", 4)
        .toString();
  }

  /** Waits until PostgreSQL has counted a failure more, and logged this. */
  private static void failsWith(PostgresCluster cluster, String reason) {
    Pattern logged = Pattern.compile("is not archived: .*(" + reason + ")");
    int before = failures(cluster);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              // Wakes the archiver, which pauses for a minute after three failures.
              cluster.psql("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()");
              return failures(cluster) > before && logged.matcher(cluster.serverLog()).find();
            });
  }

  private static int failures(PostgresCluster cluster) {
    return Integer.parseInt(cluster.value("SELECT failed_count FROM pg_stat_archiver"));
  }

  private static void drain(PostgresCluster cluster) {
    cluster.psql("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()");
    await().atMost(PATIENCE).until(() -> status(cluster, ".ready").isEmpty());
  }

  /** What was acknowledged is stored as it is in pg_wal, and there is nothing besides. */
  private static void checkBucket(PostgresCluster cluster) throws IOException {
    Set<String> done = status(cluster, ".done");
    assertThat(
            BUCKET
                .client()
                .listObjectsV2(r -> r.bucket(BUCKET.name()).prefix("main/xlog/"))
                .contents())
        .extracting(S3Object::key)
        .containsExactlyElementsOf(done.stream().map(name -> "main/xlog/" + name).toList());
    for (String name : done) {
      try (InputStream object =
              BUCKET.client().getObject(r -> r.bucket(BUCKET.name()).key("main/xlog/" + name));
          InputStream plain = Compression.named("zstd", 0, 1).decode(object)) {
        assertThat(plain.readAllBytes())
            .isEqualTo(Files.readAllBytes(cluster.walDirectory().resolve(name)));
      }
    }
  }

  private static Set<String> status(PostgresCluster cluster, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(cluster.walDirectory().resolve("archive_status"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .map(name -> name.substring(0, name.length() - suffix.length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
