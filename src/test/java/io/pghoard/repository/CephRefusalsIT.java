// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.repository.s3.CephCluster;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** What Ceph refuses is told with what to do about it, and goes on once that is done. */
@Timeout(120)
final class CephRefusalsIT {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");
  private static final String SECRET = "secret-of-another";

  @Test
  void wrongSecret_isTold(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> storage.put("aws_secret_access_key", "not-the-secret"),
        store ->
            assertThatThrownBy(() -> put(store, 10))
                .isInstanceOf(PermanentStorageException.class)
                .hasMessageContaining("check aws_secret_access_key")
                .hasMessageNotContaining("not-the-secret"));
  }

  @Test
  void unknownUser_isTold(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> storage.put("aws_access_key_id", "nobody"),
        store ->
            assertThatThrownBy(() -> put(store, 10))
                .isInstanceOf(PermanentStorageException.class)
                .hasMessageContaining("check aws_access_key_id"));
  }

  @Test
  void missingBucket_isTold_andProvesNothingAbsent(@TempDir Path home) throws Exception {
    with(
        home,
        storage -> storage.put("bucket_name", "nowhere"),
        store -> {
          for (int size : new int[] {10, 6 << 20}) {
            assertThatThrownBy(() -> put(store, size))
                .isInstanceOf(PermanentStorageException.class)
                .hasMessageContaining("nowhere");
          }
          assertThatThrownBy(() -> store.get(KEY))
              .isInstanceOf(PermanentStorageException.class)
              .isNotInstanceOf(ObjectMissingException.class)
              .hasMessageContaining("create the bucket, or check bucket_name");
          assertThatThrownBy(() -> store.keys("")).isInstanceOf(PermanentStorageException.class);
        });
  }

  @Test
  void deleteThatABucketsPolicyForbids_isTold_andNothingIsGone(@TempDir Path home)
      throws Exception {
    with(
        home,
        storage -> {},
        store -> {
          put(store, 10);
          String bucket = BUCKET.name();
          S3Client client = BUCKET.client();
          client.putBucketPolicy(
              policy ->
                  policy
                      .bucket(bucket)
                      .policy(
                          """
                            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
                             "Principal": "*", "Action": "s3:DeleteObject",
                             "Resource": ["arn:aws:s3:::%1$s", "arn:aws:s3:::%1$s/*"]}]}
                            """
                              .formatted(bucket)));
          assertThatThrownBy(() -> store.delete(List.of(KEY)))
              .isInstanceOf(PermanentStorageException.class)
              .hasMessageContaining("AccessDenied");
          assertThat(store.keys("")).containsExactly(KEY);
          client.deleteBucketPolicy(policy -> policy.bucket(bucket));
          store.delete(List.of(KEY));
          assertThat(store.keys("")).isEmpty();
        });
  }

  @Test
  void bucketOfAnother_isTold(@TempDir Path home) throws Exception {
    as("stranger", ceph -> {});
    with(
        home,
        storage ->
            storage.put("aws_access_key_id", "stranger").put("aws_secret_access_key", SECRET),
        store -> {
          for (int size : new int[] {10, 6 << 20}) {
            assertThatThrownBy(() -> put(store, size))
                .isInstanceOf(PermanentStorageException.class)
                .hasMessageContaining("docs/operations.md shows the");
          }
          assertThatThrownBy(() -> store.get(KEY))
              .isInstanceOf(PermanentStorageException.class)
              .isNotInstanceOf(ObjectMissingException.class);
          assertThatThrownBy(() -> store.keys("")).isInstanceOf(PermanentStorageException.class);
        });
  }

  @Test
  void suspendedUser_isTold_andGoesOnWhenEnabled(@TempDir Path home) throws Exception {
    as(
        "sleeper",
        ceph ->
            with(
                home,
                storage -> useAs(storage, "sleeper"),
                store -> {
                  ceph.admin(List.of("user", "suspend"), List.of("--uid=sleeper"));
                  assertThatThrownBy(() -> put(store, 10))
                      .isInstanceOf(PermanentStorageException.class)
                      .hasMessageContaining("have the store's user enabled");
                  ceph.admin(List.of("user", "enable"), List.of("--uid=sleeper"));
                  put(store, 10);
                  assertThat(store.keys("")).containsExactly(KEY);
                }));
  }

  @Test
  void quota_isTold_andGoesOnWhenRaised(@TempDir Path home) throws Exception {
    as(
        "hoarder",
        ceph ->
            with(
                home,
                storage -> useAs(storage, "hoarder"),
                store -> {
                  quota(ceph, "4M");
                  for (int size : new int[] {4500 << 10, 6 << 20}) {
                    assertThatThrownBy(() -> put(store, size))
                        .isInstanceOf(PermanentStorageException.class)
                        .hasMessageContaining("403 QuotaExceeded; raise the quota");
                  }
                  put(store, 10);
                  store.delete(KEY);
                  quota(ceph, "64M");
                  put(store, 6 << 20);
                  assertThat(store.keys("")).containsExactly(KEY);
                }));
  }

  private static void quota(CephCluster ceph, String size) {
    List<String> user = List.of("--uid=hoarder", "--quota-scope=user", "--max-size=" + size);
    ceph.admin(List.of("quota", "set"), user);
    ceph.admin(List.of("quota", "enable"), user);
  }

  private interface Deed<T> {
    void run(T with) throws Exception;
  }

  /** Makes a user with a bucket that has the same name. */
  private static void as(String user, Deed<CephCluster> deed) throws Exception {
    CephCluster ceph = BUCKET.ceph();
    ceph.user(user, SECRET);
    try (S3Client client = ceph.client(user, SECRET)) {
      client.createBucket(r -> r.bucket(user));
    }
    deed.run(ceph);
  }

  private static void useAs(ObjectNode storage, String user) {
    S3Bucket.use(storage, BUCKET.port(), user)
        .put("aws_access_key_id", user)
        .put("aws_secret_access_key", SECRET);
  }

  private static void with(Path home, Consumer<ObjectNode> edit, Deed<ObjectStore> trial)
      throws Exception {
    try (RunningService service =
        RunningService.configured(home, root -> edit.accept(BUCKET.use(root)))) {
      trial.run(service.store());
    }
  }

  private static void put(ObjectStore store, int size) throws IOException {
    store.put(KEY, Map.of(), new ByteArrayInputStream(new byte[size]));
  }
}
