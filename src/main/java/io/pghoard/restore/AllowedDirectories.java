// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.nio.file.Path;
import java.util.List;

/** Whether a directory may be written by a restore that came over HTTP. */
final class AllowedDirectories {
  private AllowedDirectories() {}

  /**
   * Refuses a directory that is none of the allowed ones, nor below one; links are followed.
   *
   * @param allowed empty: anywhere
   * @return the allowed one that it is or lies below
   */
  static Path require(Path directory, List<Path> allowed) throws RestoreRefusedException {
    if (allowed.isEmpty()) {
      return directory;
    }
    Path real = TargetDirectory.real(directory);
    for (Path root : allowed) {
      if (real.startsWith(TargetDirectory.real(root))) {
        return root;
      }
    }
    throw new RestoreRefusedException(
        "a restore over HTTP may not write "
            + directory
            + "; it may write "
            + allowed
            + ". Add to the site's restore_directories, or use pghoard_restore on the host");
  }
}
