// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.command.DaemonProcess;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.s3.CephCluster;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A Ceph whose gateway hangs or is restarted, and one that is full. */
@Timeout(240)
final class CephOutageIT {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectKey FIRST = new ObjectKey("main/xlog/1");
  private static final ObjectKey SECOND = new ObjectKey("main/xlog/2");

  @Test
  void gatewayThatHangs_isGivenUpInTime_andUsedWhenItGoesOn(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, hasty(home, BUCKET.port()))) {
      ObjectStore store = service.store();
      put(store, FIRST, 1000);
      BUCKET.ceph().freezeGateway();
      try {
        long began = System.nanoTime();
        for (int size : new int[] {1000, 6 << 20}) {
          assertThatThrownBy(() -> put(store, SECOND, size))
              .isInstanceOf(IOException.class)
              .isNotInstanceOf(PermanentStorageException.class);
        }
        assertThatThrownBy(() -> store.get(FIRST)).hasMessageContaining("does not respond");
        assertThatThrownBy(() -> store.keys("")).hasMessageContaining("does not respond");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(40));
      } finally {
        BUCKET.ceph().thawGateway();
      }
      ObjectKey third = new ObjectKey("main/xlog/3");
      put(store, third, 1000);
      assertThat(store.keys("")).contains(FIRST, third);
    }
  }

  @Test
  void gatewayThatIsRestarted_isUsedAgain(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      ObjectStore store = service.store();
      put(store, FIRST, 1000);
      BUCKET.ceph().stopGateway();
      assertThatThrownBy(() -> put(store, SECOND, 1000))
          .isNotInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("no connection to 127.0.0.1:" + BUCKET.port());
      BUCKET.ceph().startGateway();
      put(store, SECOND, 1000);
      assertThat(store.keys("")).containsExactly(FIRST, SECOND);
    }
  }

  /** Ceph does not say that it is full: it answers nothing any more. */
  @Test
  void clusterThatIsFull_isGivenUpInTime_andFilledOnOnceThereIsSpace(@TempDir Path home)
      throws Exception {
    ClusterOptions options = ClusterOptions.standard().withWalSegmentMegabytes(1).archivingWith("");
    try (CephCluster ceph = new CephCluster(1 << 30);
        PostgresCluster cluster = PostgresCluster.create(options)) {
      // The OSD notices with seconds of delay, and goes beyond its limit until then.
      ceph.fullAt("0.05");
      ceph.client().createBucket(r -> r.bucket(BUCKET.name()));
      try (RunningService daemon =
          new RunningService(home, cluster.dataDirectory(), hasty(home, ceph.port()))) {
        List<ObjectKey> filling = fill(daemon.store());
        assertThatThrownBy(() -> put(daemon.store(), FIRST, 10))
            .isNotInstanceOf(PermanentStorageException.class);
        assertThatThrownBy(() -> daemon.store().delete(filling)).isInstanceOf(IOException.class);

        cluster.configure(
            "archive_command", DaemonProcess.archiveCommand(cluster, daemon.service().httpPort()));
        String segment = cluster.switchWal();
        await()
            .atMost(PATIENCE)
            .until(() -> !cluster.value("SELECT failed_count FROM pg_stat_archiver").equals("0"));
        assertThat(cluster.serverLog())
            .contains("archive command failed with exit code 3", segment + " is not archived");
        assertThat(done(cluster, segment)).doesNotExist();

        ceph.fullAt("0.95");
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(
                () -> {
                  daemon.store().delete(filling);
                  return true;
                });
        ceph.collectGarbage();
        await().atMost(PATIENCE).until(() -> Files.exists(done(cluster, segment)));
        assertThat(daemon.store().keys("main/xlog/"))
            .contains(new ObjectKey("main/xlog/" + segment));
      }
    }
  }

  /** Puts objects until one hangs. */
  private static List<ObjectKey> fill(ObjectStore store) {
    List<ObjectKey> keys = new ArrayList<>();
    IOException full = null;
    while (full == null) {
      assertThat(keys).hasSizeLessThan(200);
      ObjectKey key = new ObjectKey("main/filling/" + keys.size());
      keys.add(key);
      full = catchThrowableOfType(IOException.class, () -> put(store, key, 4 << 20));
    }
    assertThat(full).hasMessageContaining("does not respond");
    return keys;
  }

  private static Path done(PostgresCluster cluster, String segment) {
    return cluster.walDirectory().resolve("archive_status").resolve(segment + ".done");
  }

  private static Consumer<ObjectNode> hasty(Path home, int port) throws IOException {
    Files.writeString(home.resolve("application.properties"), "pghoard.storage.retries = 0\n");
    return root -> BUCKET.use(root, port).put("read_timeout", 1).put("call_timeout", 3);
  }

  private static void put(ObjectStore store, ObjectKey key, int size) throws IOException {
    store.put(key, Map.of(), new ByteArrayInputStream(new byte[size]));
  }
}
