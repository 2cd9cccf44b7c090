// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.repository.FaultProxy.Direction;
import io.pghoard.repository.s3.S3Bucket;
import io.pghoard.repository.s3.S3TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A site in S3 behind a network that fails. */
@Timeout(120)
final class S3FaultsIT {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");

  @Test
  void silentStore_isGivenUpInTime(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("application.properties"), "pghoard.storage.retries = 1\n");
    with(
        home,
        storage -> storage.put("read_timeout", 1).put("call_timeout", 2),
        (store, network) -> {
          network.fault(FaultProxy.silence());
          long began = System.nanoTime();

          assertThatThrownBy(() -> store.list("")).hasMessageContaining("does not respond");
          // A put asks whether to send its body, and waits longer than this for the answer.
          assertThatThrownBy(() -> put(store, 1000)).hasMessageContaining("call_timeout, 2 s");
          assertThatThrownBy(() -> put(store, 12 << 20)).isInstanceOf(IOException.class);
          assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(IOException.class);
          assertThatThrownBy(() -> store.keys("")).isInstanceOf(IOException.class);
          assertThatThrownBy(() -> store.delete(KEY)).isInstanceOf(IOException.class);

          assertThat(Duration.ofNanos(System.nanoTime() - began))
              .isLessThan(Duration.ofSeconds(30));
          network.fault(FaultProxy.healthy());
          put(store, 1000);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 12 << 20})
  void putThatIsCut_leavesNothing(int size, @TempDir Path home) throws Exception {
    with(
        home,
        storage -> {},
        (store, network) -> {
          network.fault(FaultProxy.cutAfter(Direction.TO_SERVER, 300_000));

          assertThatThrownBy(() -> put(store, size))
              .isInstanceOf(IOException.class)
              .isNotInstanceOf(PermanentStorageException.class)
              .hasMessageContaining("cannot put main/xlog/x: ");

          network.fault(FaultProxy.healthy());
          assertThat(store.keys("")).isEmpty();
          assertThat(BUCKET.uploads()).isEmpty();
          put(store, size);
          assertThat(store.list("").get(0).size()).isEqualTo(size);
        });
  }

  @Test
  void putThatIsCutOnce_isRepeated(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> {},
        (store, network) -> {
          network.fault(
              (direction, passed, count) -> {
                if (direction == Direction.TO_SERVER && passed > 3_000_000) {
                  network.fault(FaultProxy.healthy());
                  return 0;
                }
                return count;
              });

          put(store, 12 << 20);

          assertThat(store.list("").get(0).size()).isEqualTo(12 << 20);
          assertThat(BUCKET.uploads()).isEmpty();
        });
  }

  @Test
  void getThatIsCut_failsAtTheCut(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> {},
        (store, network) -> {
          put(store, 4 << 20);
          network.fault(FaultProxy.cutAfter(Direction.TO_CLIENT, 2_000_000));
          try (ObjectContent content = store.get(KEY)) {
            assertThatThrownBy(() -> content.stream().readAllBytes())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot read on in main/xlog/x after ");
          }
        });
  }

  @Test
  void getThatHangs_failsInTime(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> storage.put("read_timeout", 1),
        (store, network) -> {
          put(store, 4 << 20);
          network.fault(FaultProxy.silenceAfter(Direction.TO_CLIENT, 1_000_000));
          try (ObjectContent content = store.get(KEY)) {
            assertThatThrownBy(() -> content.stream().readAllBytes())
                .isInstanceOf(IOException.class);
          }
        });
  }

  @Test
  void slowNetwork_isWaitedFor(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> {},
        (store, network) -> {
          network.fault(FaultProxy.trickle(Direction.TO_SERVER, 200_000));
          put(store, 600_000);
          network.fault(FaultProxy.latency(2));
          ObjectKey large = new ObjectKey("main/large");
          store.put(large, Map.of(), new ByteArrayInputStream(new byte[6 << 20]));
          try (ObjectContent content = store.get(large)) {
            assertThat(content.stream().readAllBytes()).hasSize(6 << 20);
          }
        });
  }

  @Test
  void wrongSecret_isToldWithoutIt(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> storage.put("aws_secret_access_key", "not-the-secret"),
        (store, network) ->
            assertThatThrownBy(() -> put(store, 10))
                .isInstanceOf(PermanentStorageException.class)
                .hasMessageContaining("check aws_secret_access_key")
                .hasMessageNotContaining("not-the-secret")
                .hasMessageNotContaining(S3TestServer.SECRET));
  }

  @Test
  void missingBucket_isTold(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> storage.put("bucket_name", "nowhere"),
        (store, network) -> {
          for (int size : new int[] {10, 6 << 20}) {
            assertThatThrownBy(() -> put(store, size))
                .isInstanceOf(PermanentStorageException.class)
                .hasMessageContaining("nowhere");
          }
          assertThatThrownBy(() -> store.get(KEY))
              .isInstanceOf(PermanentStorageException.class)
              .isNotInstanceOf(ObjectMissingException.class)
              .hasMessageContaining("create the bucket, or check bucket_name");
          assertThatThrownBy(() -> store.list("")).isInstanceOf(PermanentStorageException.class);
        });
  }

  @Test
  void batchDelete_hasItsMd5_andGoesOnSinglyWhereThereIsNone(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> {},
        (store, network) -> {
          put(store, 1000);
          AtomicReference<String> batch = new AtomicReference<>("");
          network.fault(noted(batch, FaultProxy.healthy()));
          store.delete(KEY);
          assertThat(batch.get()).containsIgnoringCase("\nContent-MD5: ");
          assertThat(store.keys("")).isEmpty();
          for (String status : List.of("400 Bad Request", "405 Method Not Allowed", "501 No")) {
            put(store, 1000);
            batch.set("");
            network.fault(noted(batch, FaultProxy.answering(status, "^POST [^ ]*delete")));
            store.delete(KEY);
            assertThat(batch.get()).startsWith("POST ");
            network.fault(FaultProxy.healthy());
            assertThat(store.keys("")).isEmpty();
          }
        });
  }

  /** Keeps what the client sends as a batch delete. */
  private static FaultProxy.Fault noted(AtomicReference<String> batch, FaultProxy.Fault fault) {
    return new FaultProxy.Fault() {
      @Override
      public int pass(Direction direction, long passed, int count) throws InterruptedException {
        return fault.pass(direction, passed, count);
      }

      @Override
      public @Nullable String answer(byte[] sent, int count) {
        String text = new String(sent, 0, count, ISO_8859_1);
        if (text.startsWith("POST ")) {
          batch.set(text);
        }
        return fault.answer(sent, count);
      }
    };
  }

  private interface Trial {
    void run(ObjectStore store, FaultProxy network) throws Exception;
  }

  private static void with(Path home, Consumer<ObjectNode> edit, Trial trial) throws Exception {
    try (FaultProxy network = new FaultProxy(BUCKET.port());
        RunningService service =
            RunningService.configured(
                home, root -> edit.accept(BUCKET.use(root, network.port())))) {
      trial.run(service.store(), network);
    }
  }

  private static void put(ObjectStore store, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    store.put(KEY, Map.of(), new ByteArrayInputStream(bytes));
  }
}
