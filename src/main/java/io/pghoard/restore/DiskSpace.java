// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What a restore needs of each file system, against what is free there. */
final class DiskSpace {
  private final Map<FileStore, Need> needs = new HashMap<>();

  private static final class Need {
    long bytes;
    long freed;
    String directory = "";
  }

  /**
   * Adds a directory.
   *
   * @param bytes that will be written below it
   * @param freed bytes that will be deleted there before
   */
  void add(TargetDirectory directory, long bytes, long freed) throws IOException {
    Need need =
        needs.computeIfAbsent(Files.getFileStore(directory.existing()), store -> new Need());
    need.bytes += bytes;
    need.freed += freed;
    need.directory += (need.directory.isEmpty() ? "" : ", ") + directory.path();
  }

  /**
   * Refuses a restore that will not fit.
   *
   * @throws RestoreRefusedException with both numbers
   */
  void require() throws IOException {
    for (Map.Entry<FileStore, Need> entry : needs.entrySet()) {
      Need need = entry.getValue();
      long usable = entry.getKey().getUsableSpace() + need.freed;
      if (need.bytes > usable) {
        throw new RestoreRefusedException(
            String.format(
                Locale.ROOT,
                "not enough space for %s: the restore needs %,d bytes, %,d are free on %s",
                need.directory,
                need.bytes,
                usable,
                entry.getKey().name()));
      }
    }
  }
}
