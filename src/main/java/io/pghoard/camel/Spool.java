// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.FileFailure;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory where compressed objects wait on local disk for their store, empty at the start.
 *
 * <p>A daemon holds a lock on its backup location, which the system frees however the daemon ends,
 * so that two daemons never work in one.
 */
final class Spool implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  private final Path directory;
  private final @Nullable FileChannel lock;

  private Spool(Path directory, @Nullable FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  static Spool ofDaemon(Path backupLocation) throws IOException {
    createPrivate(backupLocation);
    Path lockFile = backupLocation.resolve(".pghoard.lock");
    FileChannel channel =
        FileChannel.open(
            lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock held = tryLock(channel);
      if (held == null) {
        throw new IOException(
            "another pghoard"
                + holder(channel)
                + " works in "
                + backupLocation
                + "; stop it, or give this one another backup_location");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      Path directory = backupLocation.resolve("spool");
      clear(directory);
      Files.createDirectories(directory);
      return new Spool(directory, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Which process has the lock, as it wrote into the file; "" when it has not yet. */
  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(20);
    channel.read(text, 0);
    String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
    return pid.matches("[0-9]+") ? " (process " + pid + ")" : "";
  }

  /** Makes a directory that nobody else may look into: what lies there is the database. */
  static void createPrivate(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  static Spool temporary() throws IOException {
    Path directory = Files.createTempDirectory("pghoard-spool");
    // What lies there is the database, and an interrupted process closes nothing.
    Thread remover = new Thread(() -> clearWhileWritten(directory), "spool-remover");
    Runtime.getRuntime().addShutdownHook(remover);
    return new Spool(directory, null);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    clear(directory);
    if (lock != null) {
      lock.close();
    }
  }

  /** As {@link #clear}, while other threads may still write there. */
  private static void clearWhileWritten(Path directory) {
    boolean cleared = false;
    for (int attempt = 0; attempt < 5 && !cleared; attempt++) {
      cleared = tryClear(directory);
    }
  }

  /** Whether all went; not when a file came or went meanwhile. */
  private static boolean tryClear(Path directory) {
    try {
      clear(directory);
      return true;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private static void clear(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof AccessDeniedException denied) {
        LOG.warn("{}: the spool is not emptied", FileFailure.reason(denied));
        return;
      }
      throw e;
    }
    for (Path file : deepestFirst) {
      try {
        Files.deleteIfExists(file);
      } catch (AccessDeniedException e) {
        LOG.warn("{}: it is left where it is", FileFailure.reason(e));
      }
    }
  }
}
