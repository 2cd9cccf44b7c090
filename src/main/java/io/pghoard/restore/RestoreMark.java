// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The file in a data directory that says that a restore writes there, locked while one does.
 *
 * <p>The lock is the system's, so it goes with a process that dies, and the file stays. As that
 * lock belongs to the whole process and is gone when any channel to the file is closed, a second
 * restore of the same process is told before it opens the file.
 */
final class RestoreMark implements Closeable {
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private RestoreMark(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Marks a data directory.
   *
   * @param takeOver whether the mark of a restore that was interrupted may be there
   * @throws RestoreRefusedException when another restore writes there, or did and was interrupted
   */
  static RestoreMark take(Path data, String text, boolean takeOver) throws IOException {
    Path file = data.toRealPath().resolve(TargetDirectory.MARK);
    if (!HELD.add(file)) {
      throw another(data);
    }
    try {
      FileChannel channel = open(data, file, takeOver);
      try {
        lock(data, file, channel);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
        return new RestoreMark(file, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      HELD.remove(file);
      throw e;
    }
  }

  private static FileChannel open(Path data, Path file, boolean takeOver) throws IOException {
    try {
      return FileChannel.open(
          file,
          StandardOpenOption.WRITE,
          takeOver ? StandardOpenOption.CREATE : StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new RestoreRefusedException(
          "another restore writes to "
              + data
              + ", or was interrupted; wait for it, or restore again with --overwrite");
    }
  }

  private static void lock(Path data, Path file, FileChannel channel) throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false;
    }
    // A restore that just ended has deleted the file before it let go of the lock.
    if (!locked || !Files.exists(file)) {
      throw another(data);
    }
  }

  private static RestoreRefusedException another(Path data) {
    return new RestoreRefusedException(
        "another restore writes to " + data + "; wait for it, or cancel it");
  }

  /** Deletes the file: the directory is a cluster, or as it was. */
  void delete() throws IOException {
    Files.delete(file);
  }

  /** Lets others restore there. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      HELD.remove(file);
    }
  }
}
