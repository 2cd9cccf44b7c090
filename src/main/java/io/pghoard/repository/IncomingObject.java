// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An object on its way into a local store: two files under temporary names in the directory where
 * it will be, the bytes' one locked for as long as its writer lives.
 *
 * <pre>
 *   .incoming-UUID             the bytes
 *   .incoming-UUID.metadata    the sidecar
 * </pre>
 */
final class IncomingObject implements Closeable {
  static final String PREFIX = ".incoming-";
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /**
   * What this process writes now. Its files must not even be opened by {@link #isOrphan}: closing
   * them would free their locks.
   */
  private static final Set<String> OURS = ConcurrentHashMap.newKeySet();

  private final Path data;
  private final FileChannel channel;
  private final MessageDigest digest = CheckedContent.sha256();
  private long count;

  private IncomingObject(Path data, FileChannel channel) {
    this.data = data;
    this.channel = channel;
  }

  /** Begins an object; the directory is created when it is not there. */
  static IncomingObject in(SyncedDirectory directory) throws IOException {
    for (int tries = 0; tries < 100; tries++) {
      directory.create();
      IncomingObject begun = tryIn(directory);
      if (begun != null) {
        return begun;
      }
    }
    throw new IOException("files in %s vanish as soon as they are created".formatted(directory));
  }

  /** Begins an object, or returns null when somebody just took the file or its directory away. */
  private static @Nullable IncomingObject tryIn(SyncedDirectory directory) throws IOException {
    String name = PREFIX + UUID.randomUUID();
    Path data = directory.path().resolve(name);
    OURS.add(name);
    boolean begun = false;
    try {
      FileChannel channel = FileChannel.open(data, NEW, OwnerOnly.FILE);
      IncomingObject incoming = new IncomingObject(data, channel);
      try {
        channel.lock();
        // A sweep of another process may have taken the file for an orphan before it was locked.
        begun = Files.exists(data);
      } finally {
        if (!begun) {
          incoming.close();
        }
      }
      return begun ? incoming : null;
    } catch (NoSuchFileException e) {
      // The last object of the directory was deleted just now, and the directory with it.
      return null;
    } finally {
      if (!begun) {
        OURS.remove(name);
      }
    }
  }

  void write(byte[] bytes, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    digest.update(bytes, 0, length);
    count += length;
  }

  /** Ends the object and makes its two files durable. */
  void finish(Map<String, String> metadata) throws IOException {
    channel.force(true);
    String sha256 = HexFormat.of().formatHex(digest.digest());
    ByteBuffer json = ByteBuffer.wrap(new Sidecar(metadata, sha256, count).toJson());
    try (FileChannel sidecar = FileChannel.open(Sidecar.of(data), NEW, OwnerOnly.FILE)) {
      while (json.hasRemaining()) {
        sidecar.write(json);
      }
      sidecar.force(true);
    }
  }

  /** Gives the files their names, the bytes last: with both, the object is there. */
  void moveTo(Path target) throws IOException {
    Files.move(Sidecar.of(data), Sidecar.of(target), StandardCopyOption.ATOMIC_MOVE);
    Files.move(data, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether this temporary file is one whose writer is gone. Asked under the publish lock. */
  static boolean isOrphan(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(Sidecar.SUFFIX)) {
      name = name.substring(0, name.length() - Sidecar.SUFFIX.length());
    }
    if (OURS.contains(name)) {
      return false;
    }
    Path bytes = file.resolveSibling(name);
    if (Files.exists(bytes, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(bytes, LinkOption.NOFOLLOW_LINKS)) {
      // No writer makes a link or a special file.
      return true;
    }
    try (FileChannel channel =
        FileChannel.open(bytes, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      return channel.tryLock() != null;
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  /** Removes what has not been moved. */
  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(Sidecar.of(data));
      Files.deleteIfExists(data);
    } finally {
      OURS.remove(String.valueOf(data.getFileName()));
    }
  }
}
