// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.repository.s3.S3Bucket;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a real Ceph. */
final class CephStorageIT extends S3StorageContract {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  @Override
  protected S3Bucket bucket() {
    return BUCKET;
  }
}
