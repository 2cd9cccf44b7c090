// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a test's cluster is made: what initdb is told, and the settings of postgresql.conf.
 *
 * @param walSegmentMegabytes the WAL segment size in MiB: a power of two from 1 to 1024
 * @param checksums whether data pages carry checksums
 */
public record ClusterOptions(
    int walSegmentMegabytes, boolean checksums, Map<String, String> settings) {

  /** 16 MiB segments, no checksums, and no fsync: a test has no power cut to survive. */
  public static ClusterOptions standard() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("fsync", "off");
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("shared_buffers", "32MB");
    settings.put("max_connections", "40");
    return new ClusterOptions(16, false, settings);
  }

  public ClusterOptions withWalSegmentMegabytes(int megabytes) {
    return new ClusterOptions(megabytes, checksums, settings);
  }

  public ClusterOptions withChecksums() {
    return new ClusterOptions(walSegmentMegabytes, true, settings);
  }

  public ClusterOptions withFsync() {
    return with("fsync", "on");
  }

  /** These options with archive_mode on and an archive_command. */
  public ClusterOptions archivingWith(String archiveCommand) {
    return with("archive_mode", "on").with("archive_command", archiveCommand);
  }

  /** These options with one more setting of postgresql.conf. */
  public ClusterOptions with(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put(name, value);
    return new ClusterOptions(walSegmentMegabytes, checksums, all);
  }

  /** Appends settings to a cluster's postgresql.conf, where the last of a name counts. */
  static void append(Path dataDirectory, Map<String, String> settings) {
    StringBuilder lines = new StringBuilder();
    settings.forEach(
        (name, value) -> lines.append("%s = '%s'%n".formatted(name, value.replace("'", "''"))));
    try {
      Path file = dataDirectory.resolve("postgresql.conf");
      Files.writeString(file, lines, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot append to postgresql.conf", e);
    }
  }
}
