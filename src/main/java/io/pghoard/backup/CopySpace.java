// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.Volume;
import io.pghoard.server.Progress;
import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.nio.file.Path;

/** The space for a base backup that is copied to disk before it is stored. */
record CopySpace(Path directory) {
  /** Ends pg_basebackup when what is still to come does not fit. */
  void check(Progress now, RunningProgram program) {
    try {
      long free = Volume.usableBytes(directory);
      long needed = now.totalBytes() - now.doneBytes();
      if (needed > free) {
        program.end(
            "a cluster with several tablespaces is copied to disk first; it needs "
                + needed
                + " bytes more, and "
                + directory
                + " has "
                + free
                + " bytes free: make room, or set backup_location to a larger disk");
      }
    } catch (IOException e) {
      program.end("the free space of " + directory + " is unknown: " + e.getMessage());
    }
  }
}
