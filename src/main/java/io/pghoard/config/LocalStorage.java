// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;

/**
 * Objects on local disk.
 *
 * @param directory the repository's root with object_storage's own prefix
 */
public record LocalStorage(Path directory) implements StorageConfig {
  @Override
  public StorageType type() {
    return StorageType.LOCAL;
  }

  @Override
  public boolean readsAreFree() {
    return true;
  }

  @Override
  public Path place() {
    return directory;
  }
}
