// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.camel.RunningService;
import io.pghoard.repository.s3.S3Bucket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * The contract, through the storage routes of a daemon whose site is in a bucket of some S3 server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class S3StorageContract extends StorageContract {
  private RunningService service;

  /** The bucket, which the class registers. */
  protected abstract S3Bucket bucket();

  @BeforeAll
  void start(@TempDir Path home) throws Exception {
    service = RunningService.configured(home, root -> bucket().use(root));
  }

  @AfterAll
  void stop() throws Exception {
    service.close();
  }

  @Override
  protected ObjectStore store() {
    return service.store();
  }

  @Override
  protected void putAll(List<ObjectKey> keys) throws Exception {
    S3Bucket bucket = bucket();
    List<Callable<PutObjectResponse>> puts =
        keys.stream()
            .<Callable<PutObjectResponse>>map(
                key ->
                    () ->
                        bucket
                            .client()
                            .putObject(
                                r -> r.bucket(bucket.name()).key(key.text()), RequestBody.empty()))
            .toList();
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      for (Future<PutObjectResponse> put : threads.invokeAll(puts)) {
        put.get();
      }
    } finally {
      threads.shutdown();
    }
  }
}
