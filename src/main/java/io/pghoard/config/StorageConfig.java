// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;

/**
 * The {@code object_storage} of a site.
 *
 * @param type chooses the branch of the routers {@code repository-put}, -get, -list and -delete
 * @param directory the repository's root with object_storage's own prefix, for {@link Type#LOCAL}
 */
public record StorageConfig(Type type, Path directory) {
  /** The kinds of store, by their names in {@code storage_type}. */
  public enum Type {
    LOCAL
  }
}
