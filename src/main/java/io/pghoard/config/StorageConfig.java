// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;

/** The {@code object_storage} of a site: one kind a store. */
public sealed interface StorageConfig
    permits AzureStorage,
        DaemonStorage,
        GoogleStorage,
        LocalStorage,
        RoutedStorage,
        S3Storage,
        SftpStorage {
  /**
   * The store's {@code storage_type}: it chooses the branch of the routers {@code repository-put},
   * -get, -list and -delete.
   */
  StorageType type();

  /**
   * Where the objects lie, as a path, to tell whether two sites share a place: the store, then what
   * is put before every key. It names no file, except for local storage.
   */
  Path place();

  /**
   * Whether reading costs nothing but time, as far as is known: not where each byte that is read
   * may be billed.
   */
  boolean readsAreFree();
}
