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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
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
  private final boolean tookOver;

  private RestoreMark(Path file, FileChannel channel, boolean tookOver) {
    this.file = file;
    this.channel = channel;
    this.tookOver = tookOver;
  }

  /**
   * Marks a data directory, durably.
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
      boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      FileChannel channel = open(data, file, takeOver);
      try {
        lock(data, file, channel);
        RestoreMark mark = new RestoreMark(file, channel, there);
        try {
          mark.write(text);
        } catch (IOException e) {
          mark.undo();
          throw e;
        }
        return mark;
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
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new RestoreRefusedException(
            file + " is a symbolic link or a special file, which no restore has made: delete it");
      }
      return FileChannel.open(
          file,
          StandardOpenOption.WRITE,
          takeOver ? StandardOpenOption.CREATE : StandardOpenOption.CREATE_NEW,
          LinkOption.NOFOLLOW_LINKS);
    } catch (FileAlreadyExistsException e) {
      throw new RestoreRefusedException(
          "another restore writes to "
              + data
              + ", or was interrupted; wait for it, or restore again with --continue or --overwrite");
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

  private void write(String text) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    channel.force(true);
    DurableTree.syncDirectory(Objects.requireNonNull(file.getParent()));
  }

  private static RestoreRefusedException another(Path data) {
    return new RestoreRefusedException(
        "another restore writes to " + data + "; wait for it, or cancel it");
  }

  /** Deletes the file: the directory is a cluster now. */
  void delete() throws IOException {
    Files.delete(file);
  }

  /** Leaves the directory as it was: with a mark when an interrupted restore had left one. */
  void undo() throws IOException {
    if (!tookOver) {
      Files.delete(file);
    }
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
