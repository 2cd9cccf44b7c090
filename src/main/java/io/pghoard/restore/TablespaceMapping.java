// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the tablespaces of a restored cluster go.
 *
 * @param directories by the tablespaces' names or object ids, each an absolute path
 * @param base under which a tablespace without a directory of its own gets one, or null
 * @param original whether all others may be written to where the base backup says that they were
 */
public record TablespaceMapping(
    Map<String, Path> directories, @Nullable Path base, boolean original) {
  /** No tablespace is mapped. */
  public static final TablespaceMapping NONE = new TablespaceMapping(Map.of(), null, false);

  public TablespaceMapping {
    directories = new TreeMap<>(directories);
    directories.forEach((name, directory) -> requireAbsolute("tablespace " + name, directory));
    if (base != null) {
      requireAbsolute("tablespaces", base);
    }
  }

  private static void requireAbsolute(String what, Path directory) {
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException(
          "the directory for " + what + " must be an absolute path: " + directory);
    }
  }
}
