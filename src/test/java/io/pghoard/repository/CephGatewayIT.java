// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.repository.FaultProxy.Direction;
import io.pghoard.repository.s3.CephCluster;
import io.pghoard.repository.s3.S3Bucket;
import io.pghoard.repository.s3.S3TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** How Ceph's gateway differs from Amazon's S3, and what pghoard makes of it. */
@Timeout(120)
final class CephGatewayIT {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  private static final ObjectKey KEY = new ObjectKey("main/basebackup_chunk/x");
  private static final int LARGE = 6 << 20;

  /** Why pghoard's client sends fewer checksums than the SDK would by itself. */
  @Test
  void defaultChecksumsOfTheSdk_areRefusedByCeph16() {
    try (S3Client stock =
        S3Client.builder()
            .region(Region.US_EAST_1)
            .endpointOverride(URI.create("http://127.0.0.1:" + BUCKET.port()))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(S3TestServer.KEY_ID, S3TestServer.SECRET)))
            .build()) {
      S3Exception refusal =
          catchThrowableOfType(
              S3Exception.class,
              () ->
                  stock.putObject(
                      r -> r.bucket(BUCKET.name()).key("k"), RequestBody.fromString("x")));

      if (CephCluster.version() < 18) {
        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("XAmzContentSHA256Mismatch");
      } else {
        assertThat(refusal).isNull();
      }
    }
  }

  /** Why pghoard looks for an object before it completes one in parts, and after. */
  @Test
  void conditionOfACompletion_isIgnoredBeforeCeph20() {
    S3Client client = BUCKET.client();
    client.putObject(r -> r.bucket(BUCKET.name()).key("k"), RequestBody.fromString("first"));
    String upload = client.createMultipartUpload(r -> r.bucket(BUCKET.name()).key("k")).uploadId();
    CompletedPart part =
        CompletedPart.builder()
            .partNumber(1)
            .eTag(
                client
                    .uploadPart(
                        r -> r.bucket(BUCKET.name()).key("k").uploadId(upload).partNumber(1),
                        RequestBody.fromString("second"))
                    .eTag())
            .build();

    S3Exception refusal =
        catchThrowableOfType(
            S3Exception.class,
            () ->
                client.completeMultipartUpload(
                    r ->
                        r.bucket(BUCKET.name())
                            .key("k")
                            .uploadId(upload)
                            .ifNoneMatch("*")
                            .multipartUpload(all -> all.parts(part))));

    if (CephCluster.version() < 20) {
      assertThat(refusal).isNull();
    } else {
      assertThat(refusal.statusCode()).isEqualTo(412);
    }
  }

  @Test
  void objectThatAppearsDuringAnUploadInParts_isLeftAsItIs(@TempDir Path home) throws Exception {
    AtomicBoolean appeared = new AtomicBoolean();
    try (FaultProxy network = new FaultProxy(BUCKET.port());
        RunningService service =
            RunningService.configured(home, root -> BUCKET.use(root, network.port()))) {
      network.fault(
          (direction, passed, count) -> {
            if (direction == Direction.TO_SERVER
                && passed > 1_000_000
                && appeared.compareAndSet(false, true)) {
              BUCKET
                  .client()
                  .putObject(
                      r -> r.bucket(BUCKET.name()).key(KEY.text()),
                      RequestBody.fromString("another writer's"));
            }
            return count;
          });

      assertThatThrownBy(() -> put(service.store(), LARGE))
          .isInstanceOf(ObjectExistsException.class);

      try (ObjectContent content = service.store().get(KEY)) {
        assertThat(content.stream().readAllBytes()).asString().isEqualTo("another writer's");
      }
      assertThat(appeared).isTrue();
      assertThat(BUCKET.uploads()).isEmpty();
    }
  }

  @Test
  void largeObject_comesBackAsItWasPut(@TempDir Path home) throws Exception {
    byte[] bytes = new byte[(11 << 20) + 7];
    new Random(1).nextBytes(bytes);
    try (RunningService service = RunningService.configured(home, BUCKET::use)) {
      service.store().put(KEY, Map.of("host", "grün"), new ByteArrayInputStream(bytes));

      try (ObjectContent content = service.store().get(KEY)) {
        assertThat(content.metadata()).isEqualTo(Map.of("host", "grün"));
        assertThat(content.stream().readAllBytes()).isEqualTo(bytes);
      }
    }
  }

  @Test
  void storageClassThatCephLacks_isTold(@TempDir Path home) throws Exception {
    refused(
        home,
        storage -> storage.put("storage_class", "STANDARD_IA"),
        "answered 400 InvalidArgument; check whether the server has the storage_class STANDARD_IA");
  }

  @Test
  void encryptionOverPlainHttp_isTold(@TempDir Path home) throws Exception {
    refused(
        home,
        storage -> storage.put("encrypted", true),
        "answered 400 InvalidRequest; some servers encrypt only over https");
  }

  private static void refused(Path home, Consumer<ObjectNode> edit, String remedy)
      throws Exception {
    try (RunningService service =
        RunningService.configured(home, root -> edit.accept(BUCKET.use(root)))) {
      for (int size : new int[] {10, LARGE}) {
        assertThatThrownBy(() -> put(service.store(), size))
            .isInstanceOf(PermanentStorageException.class)
            .hasMessageContaining(remedy);
      }
      assertThat(service.store().keys("")).isEmpty();
      assertThat(BUCKET.uploads()).isEmpty();
    }
  }

  private static void put(ObjectStore store, int size) throws IOException {
    store.put(KEY, Map.of(), new ByteArrayInputStream(new byte[size]));
  }
}
