// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What a restore needs of each file system, against what is free there. */
final class DiskSpace {
  private final Map<Object, Need> needs = new HashMap<>();
  private final Map<Object, Long> freed = new HashMap<>();

  private static final class Need {
    final Path existing;
    long bytes;
    String directory = "";

    Need(Path existing) {
      this.existing = existing;
    }
  }

  /**
   * Adds a directory.
   *
   * @param bytes that will be written below it
   * @param clearing what is deleted before; some of it may lie on other file systems
   */
  void add(TargetDirectory directory, long bytes, Clearing clearing) throws IOException {
    Path existing = directory.existing();
    Need need = needs.computeIfAbsent(Volume.device(existing), volume -> new Need(existing));
    need.bytes += bytes;
    clearing.freed().forEach((device, size) -> freed.merge(device, size, Long::sum));
    need.directory += (need.directory.isEmpty() ? "" : ", ") + directory.path();
  }

  /**
   * Refuses a restore that will not fit.
   *
   * @throws RestoreRefusedException with both numbers
   */
  void require() throws IOException {
    for (Map.Entry<Object, Need> entry : needs.entrySet()) {
      Need need = entry.getValue();
      long usable = Volume.usableBytes(need.existing) + freed.getOrDefault(entry.getKey(), 0L);
      if (need.bytes > usable) {
        throw new RestoreRefusedException(
            String.format(
                Locale.ROOT,
                "not enough space for %s: the restore needs %,d bytes, %,d are free on the file"
                    + " system of %s",
                need.directory,
                need.bytes,
                usable,
                need.existing));
      }
    }
  }
}
