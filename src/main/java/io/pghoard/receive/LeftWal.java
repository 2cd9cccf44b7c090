// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.PghoardConfig;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalFileName;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds WAL that pg_receivewal has received and nobody archives any more, as its site was given
 * another {@code prefix} or {@code active_backup_mode}, or was taken out of pghoard.json.
 */
public final class LeftWal {
  private static final String INCOMING = "xlog_incoming";

  /** A prefix may have slashes, but hardly as many. */
  private static final int DEPTH = 5;

  /** Of a repository, and of base backups on their way; there may be very much in them. */
  private static final Set<String> OTHERS =
      Set.of("xlog", "timeline", "basebackup", "basebackup_chunk", "basebackup_incoming");

  private final Sites sites;

  public LeftWal(Sites sites) {
    this.sites = sites;
  }

  /** Where it is and what to do, for people; null when there is none. */
  public @Nullable String find() throws IOException {
    PghoardConfig config = sites.config();
    Set<Path> received =
        config.sites().values().stream()
            .filter(site -> site.active() && site.wal().received())
            .map(site -> ReceivePlaces.of(config, site).incoming())
            .collect(Collectors.toSet());
    StringBuilder found = new StringBuilder();
    for (Path directory : directories(config.backupLocation().toAbsolutePath())) {
      List<WalFileName> left = ReceiveDirectory.of(directory).removable();
      if (!received.contains(directory) && !left.isEmpty()) {
        found.append(told(config, directory, left)).append('\n');
      }
    }
    return found.isEmpty() ? null : found.toString().stripTrailing();
  }

  private static String told(PghoardConfig config, Path directory, List<WalFileName> left) {
    String site =
        config.sites().values().stream()
            .filter(each -> ReceivePlaces.of(config, each).incoming().equals(directory))
            .map(
                each ->
                    each.active()
                        ? "site " + each.name() + ", whose active_backup_mode has changed"
                        : "site " + each.name() + ", which is not active")
            .findFirst()
            .orElse("no site: its prefix was changed or the site was removed");
    return "at least %d WAL files received by pg_receivewal, the first one %s, are in %s and are not archived: the directory belongs to %s; give the site its former prefix and active_backup_mode pg_receivexlog until they are archived, or remove them if they are not needed"
        .formatted(left.size(), left.get(0), directory, site);
  }

  private static Set<Path> directories(Path root) throws IOException {
    Set<Path> found = new TreeSet<>();
    if (Files.notExists(root)) {
      return found;
    }
    Files.walkFileTree(
        root,
        Set.of(),
        DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = String.valueOf(directory.getFileName());
            if (name.equals(INCOMING)) {
              found.add(directory);
              return FileVisitResult.SKIP_SUBTREE;
            }
            return !directory.equals(root) && OTHERS.contains(name)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            // Gone since, or not ours.
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
