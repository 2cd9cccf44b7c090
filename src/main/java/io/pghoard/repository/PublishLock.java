// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to give names to objects below a root, held for a few renames by one thread of all
 * processes.
 *
 * <p>The kernel frees a file lock when its process dies, however it dies. It also frees it when the
 * process closes <em>any</em> descriptor of the file, and Java knows file locks by process and not
 * by thread: so within the process a lock of its own guards the opening and the closing too.
 */
record PublishLock(Path root) {
  private static final String NAME = ".pghoard.lock";
  private static final Map<Path, ReentrantLock> OF_ROOTS = new ConcurrentHashMap<>();

  /** What is done with the right. */
  interface Action {
    void run() throws IOException;
  }

  /** Waits for the right, and acts with it. The root must be there. */
  void during(Action action) throws IOException {
    Path file = root.resolve(NAME);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is a link or a special file: delete it");
    }
    ReentrantLock ours = OF_ROOTS.computeIfAbsent(root.toRealPath(), path -> new ReentrantLock());
    ours.lock();
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.lock();
      action.run();
    } finally {
      ours.unlock();
    }
  }
}
