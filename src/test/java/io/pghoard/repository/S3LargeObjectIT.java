// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.camel.LargeObjectProcess;
import io.pghoard.repository.s3.S3Bucket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A large object in parts, put and got by a process with 64 MiB of heap. */
@Timeout(300)
final class S3LargeObjectIT {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();
  @RegisterExtension static final S3Bucket IN_CEPH = S3Bucket.inCeph();

  @Test
  void largeObject_passesThroughASmallHeap(@TempDir Path home) throws Exception {
    LargeObjectProcess.putAndGet(
        home, storage -> S3Bucket.use(storage, BUCKET.port(), BUCKET.name()));

    assertThat(BUCKET.uploads()).isEmpty();
  }

  @Test
  void largeObject_passesThroughASmallHeapToCeph(@TempDir Path home) throws Exception {
    LargeObjectProcess.putAndGet(
        home, storage -> S3Bucket.use(storage, IN_CEPH.port(), IN_CEPH.name()));

    assertThat(IN_CEPH.uploads()).isEmpty();
  }
}
