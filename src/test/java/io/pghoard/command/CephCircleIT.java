// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.repository.s3.S3Bucket;
import org.junit.jupiter.api.extension.RegisterExtension;

class CephCircleIT extends StoreCircle {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  CephCircleIT() throws Exception {}

  @Override
  protected String storage() {
    return S3Bucket.use(new ObjectMapper().createObjectNode(), BUCKET.port(), BUCKET.name())
        .toString();
  }
}
