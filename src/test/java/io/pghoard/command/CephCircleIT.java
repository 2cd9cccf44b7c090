// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.repository.s3.S3Bucket;
import java.io.IOException;
import org.junit.jupiter.api.extension.RegisterExtension;

class CephCircleIT extends StoreCircle {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  CephCircleIT() throws Exception {}

  @Override
  protected String storage() throws IOException {
    return S3Bucket.use(
            new ObjectMapper().createObjectNode(), through(BUCKET.port()), BUCKET.name())
        .toString();
  }
}
