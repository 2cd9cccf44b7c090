// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Objects in a container of Azure Blob Storage; its text shows no secret.
 *
 * @param endpoint of the account, without a slash at its end
 * @param prefix put before every key, without slashes at its ends; "" for none
 * @param tier the access tier of what is stored, or null for the account's own
 * @param access time-outs and proxy
 */
public record AzureStorage(
    String account,
    URI endpoint,
    AzureKey key,
    String container,
    String prefix,
    @Nullable String tier,
    RemoteAccess access)
    implements StorageConfig {

  /**
   * What opens the account; its text shows none of it.
   *
   * @param sas whether it is a shared access signature, and not the account's key
   */
  public record AzureKey(boolean sas, String secret) {
    @Override
    public String toString() {
      return sas ? "a shared access signature" : "an account key";
    }
  }

  @Override
  public StorageType type() {
    return StorageType.AZURE;
  }

  @Override
  public boolean readsAreFree() {
    return false;
  }

  @Override
  public Path place() {
    return Path.of("azure:", endpoint.getAuthority(), account, container, prefix);
  }
}
