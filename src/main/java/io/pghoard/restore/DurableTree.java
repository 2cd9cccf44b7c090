// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes sure that all files below a directory are on disk.
 *
 * <p>In one pass after everything is written: by then the kernel has written most of it by itself,
 * and one commit of the file system's journal serves many files.
 */
final class DurableTree {
  private DurableTree() {}

  /**
   * Syncs a tree.
   *
   * @param root a directory or a link to one; links below it are not followed
   * @return how many files and directories were synced
   */
  static int sync(Path root) throws IOException {
    AtomicInteger count = new AtomicInteger();
    Files.walkFileTree(
        root.toRealPath(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            // To close a channel to the mark is to lose the lock on it.
            if (attributes.isRegularFile() && !file.endsWith(TargetDirectory.MARK)) {
              force(file);
              count.incrementAndGet();
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            // Only root may look into it.
            if (file.endsWith(TargetDirectory.LOST_AND_FOUND)) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            syncDirectory(directory);
            count.incrementAndGet();
            return FileVisitResult.CONTINUE;
          }
        });
    return count.get();
  }

  /** Makes the names in a directory durable. */
  static void syncDirectory(Path directory) throws IOException {
    force(directory);
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
