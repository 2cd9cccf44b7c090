// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.LeftOut;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether base backups are without something that lies in the data directory: in what the newest
 * one says, and in the directory itself when it is on this machine.
 *
 * @param newest null when there is none yet
 */
public record LinkCheck(SiteConfig site, @Nullable BaseBackup newest) {
  private static final String REMEDY =
      "keep copies of what they point to, and create them again before you start a restored server";

  /** A link in the place of one of these is backed up as a directory: its content is not needed. */
  private static final Set<String> DIRECTORIES =
      Set.of(
          "pg_dynshmem",
          "pg_notify",
          "pg_replslot",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans",
          "pg_wal");

  /** Makes the checks. */
  public void run(Checks checks) {
    LeftOut leftOut = newest == null ? null : LeftOut.of(newest.object().metadata());
    if (leftOut != null) {
      checks.check(
          "left out",
          "",
          () ->
              Answer.warning(
                  "the newest base backup does not contain these links and special files: "
                      + leftOut,
                  REMEDY));
    }
    Path data = site.dataDirectory();
    if (data != null) {
      checks.check(
          "links", "run this as the user that PostgreSQL runs as", () -> ofDirectory(data));
    }
  }

  private static Answer ofDirectory(Path data) throws IOException {
    Set<String> links = new TreeSet<>();
    find(data, "", links);
    for (String directory : List.of("base", "global")) {
      Path path = data.resolve(directory);
      if (Files.isDirectory(path)) {
        find(path, directory + "/", links);
      }
    }
    List<String> lost = links.stream().filter(LeftOutFiles::isData).toList();
    if (!lost.isEmpty()) {
      return Answer.failed(
          "pg_basebackup leaves out these links, so every base backup fails: "
              + String.join(", ", lost),
          LeftOutFiles.REMEDY);
    }
    return links.isEmpty()
        ? Answer.ok("none")
        : Answer.warning(
            "base backups do not contain these links: " + String.join(", ", links), REMEDY);
  }

  private static void find(Path directory, String prefix, Set<String> links) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = prefix + entry.getFileName();
        if (!DIRECTORIES.contains(name) && Files.isSymbolicLink(entry)) {
          links.add(name);
        }
      }
    }
  }
}
