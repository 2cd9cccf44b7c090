// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.config.RemoteAccess;
import io.pghoard.config.S3Storage;
import io.pghoard.config.S3Storage.S3Keys;
import io.pghoard.config.S3Storage.S3Server;
import io.pghoard.config.S3Storage.S3Writing;
import java.io.IOException;
import java.time.Duration;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 server on a free loopback port that is there for a whole test run. */
public interface S3TestServer extends AutoCloseable {
  String KEY_ID = "tester";
  String SECRET = "top-secret-of-the-test";

  /** Where it speaks plain http. */
  int port();

  /** A client of its own, to look at what is stored. */
  S3Client client();

  @Override
  void close() throws IOException;

  /** How a bucket is reached through a port, with parts of 5 MiB. */
  static S3Storage storage(int port, String bucket) {
    return storage(port, bucket, KEY_ID, SECRET);
  }

  /** The same for another user. */
  static S3Storage storage(int port, String bucket, String id, String secret) {
    Duration patience = Duration.ofSeconds(30);
    return new S3Storage(
        bucket,
        "",
        new S3Server(
            "us-east-1",
            "127.0.0.1",
            port,
            false,
            true,
            false,
            true,
            null,
            new S3Keys(id, secret, null)),
        new S3Writing(5 << 20, null, null, null),
        new RemoteAccess(patience, patience, patience, null));
  }
}
