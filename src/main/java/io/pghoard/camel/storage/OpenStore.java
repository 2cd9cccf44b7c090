// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.StorageConfig;

/**
 * A store that is open for a site, as its routes see it.
 *
 * @param config what it was opened by: the routes take the name of a bucket or container from it
 * @param client the bean of the client for Camel's component, or "" where no component is used
 * @param store what does the rest
 * @param end closes what it holds
 */
public record OpenStore(StorageConfig config, String client, Object store, AutoCloseable end) {
  static OpenStore withoutClient(StorageConfig config, Object store, AutoCloseable end) {
    return new OpenStore(config, "", store, end);
  }

  /** The store as one of a type. */
  <T> T as(Class<T> type) {
    if (!type.isInstance(store)) {
      throw new IllegalArgumentException(
          "a store of type %s is no %s".formatted(config.type(), type.getSimpleName()));
    }
    return type.cast(store);
  }

  /** Of the configuration nothing: it has secrets. */
  @Override
  public String toString() {
    return client.isEmpty() ? config.type().text() : client;
  }
}
