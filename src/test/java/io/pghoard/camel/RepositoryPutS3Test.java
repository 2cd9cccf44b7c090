// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.FaultProxy.Direction;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

class RepositoryPutS3Test {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  private static final ObjectKey KEY = new ObjectKey("main/basebackup_chunk/b/b.00000001.pghoard");

  @Test
  void smallObject_liesBelowThePrefix_asThePythonToolHasIt(@TempDir Path home) throws Exception {
    Map<String, String> metadata = Map.of("compression-algorithm", "lzma", "pg-version", "150018");
    try (RunningService service =
        RunningService.configured(home, root -> BUCKET.use(root).put("prefix", "a/b"))) {
      service
          .store()
          .put(
              new ObjectKey("main/xlog/x"),
              metadata,
              new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)));

      assertThat(service.store().keys("main/")).containsExactly(new ObjectKey("main/xlog/x"));
    }
    HeadObjectResponse head =
        BUCKET.client().headObject(r -> r.bucket(BUCKET.name()).key("a/b/main/xlog/x"));
    assertThat(head.metadata())
        .containsAllEntriesOf(metadata)
        .containsEntry(
            "pghoard-sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(head.contentLength()).isEqualTo(3);
  }

  @Test
  void largeObject_goesInParts(@TempDir Path home) throws Exception {
    byte[] bytes = new byte[(11 << 20) + 7];
    new Random(1).nextBytes(bytes);
    Map<String, String> metadata = Map.of("host", "grün", "format", "pghoard-bb-v2");
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      service.store().put(KEY, metadata, new ByteArrayInputStream(bytes));

      try (ObjectContent content = service.store().get(KEY)) {
        assertThat(content.metadata()).isEqualTo(metadata);
        assertThat(content.stream().readAllBytes()).isEqualTo(bytes);
      }
      assertThat(service.store().list("")).extracting("metadata").containsExactly(metadata);
    }
    HeadObjectResponse head =
        BUCKET.client().headObject(r -> r.bucket(BUCKET.name()).key(KEY.text()));
    assertThat(head.eTag()).contains("-3");
    assertThat(head.metadata())
        .containsEntry("format", "pghoard-bb-v2")
        .containsEntry("host", "gr%C3%BCn")
        .containsEntry("pghoard-encoded", "host")
        .containsKeys("pghoard-sha256", "pghoard-put");
  }

  @Test
  void largeObject_neverTakesThePlaceOfAnother(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      service.store().put(KEY, Map.of(), new ByteArrayInputStream(new byte[1]));

      assertThatThrownBy(
              () -> service.store().put(KEY, Map.of(), new ByteArrayInputStream(new byte[6 << 20])))
          .isInstanceOf(ObjectExistsException.class);

      assertThat(service.store().list("").get(0).size()).isEqualTo(1);
      assertThat(BUCKET.uploads()).isEmpty();
    }
  }

  @Test
  void racingLargeObjects_haveOneWinner(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      List<Callable<Boolean>> puts =
          IntStream.range(0, 4)
              .<Callable<Boolean>>mapToObj(
                  writer -> () -> isStored(service, new byte[(6 << 20) + writer]))
              .toList();
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Boolean> won = new ArrayList<>();
      try {
        for (Future<Boolean> put : threads.invokeAll(puts)) {
          won.add(put.get());
        }
      } finally {
        threads.shutdown();
      }

      assertThat(won).containsOnlyOnce(true);
      assertThat(service.store().list("").get(0).size()).isEqualTo((6 << 20) + won.indexOf(true));
      assertThat(BUCKET.uploads()).isEmpty();
    }
  }

  private static boolean isStored(RunningService service, byte[] bytes) throws IOException {
    try {
      service.store().put(KEY, Map.of(), new ByteArrayInputStream(bytes));
      return true;
    } catch (ObjectExistsException e) {
      return false;
    }
  }

  @Test
  void lostAnswer_isNoConflict(@TempDir Path home) throws Exception {
    for (int size : new int[] {1000, 6 << 20}) {
      ObjectKey key = new ObjectKey("main/lost/" + size);
      try (FaultProxy network = new FaultProxy(BUCKET.port());
          RunningService service =
              RunningService.configured(
                  home.resolve("" + size), root -> BUCKET.use(root, network.port()))) {
        network.fault(new LosesOneAnswer(key));

        service.store().put(key, Map.of(), new ByteArrayInputStream(new byte[size]));

        assertThat(service.store().keys("main/lost/")).contains(key);
        assertThat(network.connections()).isGreaterThan(1);
      }
    }
  }

  /** Cuts the answer to the request that makes the object appear, once. */
  private static final class LosesOneAnswer implements FaultProxy.Fault {
    private final ObjectKey key;
    private boolean lost;

    LosesOneAnswer(ObjectKey key) {
      this.key = key;
    }

    @Override
    public synchronized int pass(Direction direction, long passed, int count) {
      boolean appeared =
          direction == Direction.TO_CLIENT
              && !lost
              && BUCKET.client().listObjectsV2(r -> r.bucket(BUCKET.name())).contents().stream()
                  .anyMatch(object -> object.key().equals(key.text()));
      if (appeared) {
        lost = true;
        return 0;
      }
      return count;
    }
  }
}
