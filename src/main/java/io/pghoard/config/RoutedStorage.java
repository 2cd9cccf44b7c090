// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Objects that routes of the operator's own keep.
 *
 * @param name of the store: its routes are {@code repository-put-NAME}, -get, -list and -delete
 * @param options what pghoard.json hands to those routes; they may be secrets
 * @param prefix is put before every key, without slashes at its ends
 */
public record RoutedStorage(String name, Map<String, String> options, String prefix)
    implements StorageConfig {
  public RoutedStorage {
    options = Map.copyOf(options);
  }

  @Override
  public StorageType type() {
    return StorageType.ROUTED;
  }

  @Override
  public boolean readsAreFree() {
    return false;
  }

  /** What an option means only the routes know: with others, it counts as another place. */
  @Override
  public Path place() {
    String options = Integer.toHexString(new TreeMap<>(this.options).hashCode());
    return Path.of("/routed", name, options).resolve(prefix);
  }

  @Override
  public String toString() {
    return "RoutedStorage[name=" + name + ", options=" + options.keySet() + "]";
  }
}
