// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.repository.s3.S3Bucket;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on S3Proxy, which is as strict as S3 about signatures, hashes and conditions. */
final class S3StorageIT extends S3StorageContract {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  @Override
  protected S3Bucket bucket() {
    return BUCKET;
  }
}
