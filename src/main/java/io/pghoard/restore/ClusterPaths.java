// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.PostgresText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the paths in a restored cluster's settings lead.
 *
 * @param data the restored data directory
 */
record ClusterPaths(Path data) {
  /**
   * The file that a setting names, links followed as far as it exists.
   *
   * @param directory by which a relative path goes
   * @return null when it is no path at all
   */
  static @Nullable Path resolve(Path directory, String value) {
    try {
      return directory.resolve(PostgresText.shown(value)).normalize();
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Whether a file lies in the restored data directory, or would if it existed. */
  boolean holds(Path file) {
    return real(file).startsWith(real(data));
  }

  /** The other cluster's data directory in which a file lies, or null. */
  @Nullable Path otherCluster(Path file) {
    for (Path at = real(file); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("PG_VERSION"))) {
        return at;
      }
    }
    return null;
  }

  /**
   * What a file of another cluster is in this one.
   *
   * @param other the other one's data directory
   * @return null when this one has no such file
   */
  @Nullable Path counterpart(Path file, Path other) {
    for (Path root : new Path[] {other, real(other)}) {
      for (Path name : new Path[] {file, real(file)}) {
        if (name.startsWith(root)) {
          Path here = data.resolve(root.relativize(name));
          return Files.exists(here, LinkOption.NOFOLLOW_LINKS) && holds(here) ? here : null;
        }
      }
    }
    return null;
  }

  /** The path without links; of what does not exist, as far as it does. */
  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      Path parent = file.getParent();
      Path name = file.getFileName();
      return parent == null || name == null ? file : real(parent).resolve(name);
    }
  }
}
