// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.nio.file.Path;
import java.util.List;

/**
 * What the host on which a restore runs says of it, whatever is asked for.
 *
 * @param allowed the directories below which it may write; empty: anywhere
 * @param restoreCommand the restore_command of the restored cluster
 */
public record RestoreHost(List<Path> allowed, String restoreCommand) {
  public RestoreHost {
    allowed = List.copyOf(allowed);
  }
}
