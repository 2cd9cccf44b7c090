// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Objects in a bucket of Google Cloud Storage; its text shows no secret.
 *
 * @param prefix put before every key, without slashes at its ends; "" for none
 * @param endpoint of an emulator, without a slash at its end, or null for Google's own
 * @param access time-outs and proxy
 */
public record GoogleStorage(
    String project,
    String bucket,
    String prefix,
    @Nullable URI endpoint,
    GoogleKey key,
    GoogleWriting writing,
    RemoteAccess access)
    implements StorageConfig {

  /**
   * Who asks; its text shows no secret.
   *
   * @param file a file of Google's with credentials, or null
   * @param json the text of one, or null; without both they are those that Google's library finds
   */
  public record GoogleKey(@Nullable Path file, @Nullable String json) {
    @Override
    public String toString() {
      return json != null ? "credentials" : String.valueOf(file);
    }
  }

  /**
   * How objects are written.
   *
   * @param storageClass null for the bucket's own
   * @param kmsKey the full name of a key in Cloud KMS that encrypts them, or null for the bucket's
   */
  public record GoogleWriting(@Nullable String storageClass, @Nullable String kmsKey) {}

  @Override
  public StorageType type() {
    return StorageType.GOOGLE;
  }

  @Override
  public boolean readsAreFree() {
    return false;
  }

  @Override
  public Path place() {
    String host = endpoint == null ? "googleapis.com" : endpoint.getAuthority();
    return Path.of("google:", host, bucket, prefix);
  }
}
