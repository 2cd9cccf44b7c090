// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Objects in a bucket of Amazon S3, or of another server that speaks its protocol; its text shows
 * no secret.
 *
 * @param prefix put before every key, without slashes at its ends; "" for none
 * @param access time-outs and proxy
 */
public record S3Storage(
    String bucket, String prefix, S3Server server, S3Writing writing, RemoteAccess access)
    implements StorageConfig {

  /**
   * Where the server is and who asks it.
   *
   * @param host null for Amazon's own
   * @param pathStyle whether the bucket stands in the path and not in the host name
   * @param certificates a PEM file with the authorities to trust instead of Java's, or null
   * @param keys null for those that the AWS SDK finds: environment, profile, web identity, host
   */
  public record S3Server(
      String region,
      @Nullable String host,
      int port,
      boolean secure,
      boolean pathStyle,
      boolean dualStack,
      boolean verifyTls,
      @Nullable Path certificates,
      @Nullable S3Keys keys) {}

  /** A key pair; its text shows the half that is no secret. */
  public record S3Keys(String id, String secret, @Nullable String sessionToken) {
    @Override
    public String toString() {
      return "S3Keys[" + id + "]";
    }
  }

  /**
   * How objects are written.
   *
   * @param partSize the bytes of a part of an object that is stored in several
   * @param storageClass null for the bucket's own
   * @param encryption {@code AES256} or {@code aws:kms}, or null for the bucket's own
   * @param kmsKeyId null for the account's own key
   */
  public record S3Writing(
      int partSize,
      @Nullable String storageClass,
      @Nullable String encryption,
      @Nullable String kmsKeyId) {}

  @Override
  public StorageType type() {
    return StorageType.S3;
  }

  @Override
  public boolean readsAreFree() {
    return server.host() != null;
  }

  @Override
  public Path place() {
    String host = server.host() == null ? "amazonaws.com" : server.host() + ":" + server.port();
    return Path.of("s3:", host, bucket, prefix);
  }
}
