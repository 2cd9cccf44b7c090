// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a restore needs of each file system, against what is free there. */
final class DiskSpace {
  private final Map<Object, Need> needs = new LinkedHashMap<>();
  private final Map<Object, Long> freed = new HashMap<>();
  private final List<Clearing> clearings = new ArrayList<>();

  private static final class Need {
    final Path existing;
    final List<Path> directories = new ArrayList<>();
    long bytes;

    Need(Path existing) {
      this.existing = existing;
    }
  }

  /**
   * What is needed of one file system.
   *
   * @param existing a directory on it
   * @param directories that are written there
   * @param usableBytes with what is deleted before
   */
  record Share(Path existing, List<Path> directories, long bytes, long usableBytes) {
    Share {
      directories = List.copyOf(directories);
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
    need.directories.add(directory.path());
    clearing.freed().forEach((device, size) -> freed.merge(device, size, Long::sum));
    clearings.add(clearing);
  }

  /** What is deleted before. */
  List<Clearing> clearings() {
    return clearings;
  }

  /** What is needed of each file system, and is free there now. */
  List<Share> shares() throws IOException {
    List<Share> shares = new ArrayList<>();
    for (Map.Entry<Object, Need> entry : needs.entrySet()) {
      Need need = entry.getValue();
      long usable = Volume.usableBytes(need.existing) + freed.getOrDefault(entry.getKey(), 0L);
      shares.add(new Share(need.existing, need.directories, need.bytes, usable));
    }
    return shares;
  }

  /**
   * Refuses a restore that will not fit.
   *
   * @throws RestoreRefusedException with both numbers
   */
  void require() throws IOException {
    for (Share share : shares()) {
      if (share.bytes > share.usableBytes) {
        throw new RestoreRefusedException(
            String.format(
                Locale.ROOT,
                "not enough space for %s: the restore needs %,d bytes, %,d are free on the file"
                    + " system of %s",
                share.directories.stream().map(Path::toString).collect(Collectors.joining(", ")),
                share.bytes,
                share.usableBytes,
                share.existing));
      }
    }
  }
}
