// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.ThisUser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory {@code pghoard_drill} below an operator's: all that a drill writes. What a drill
 * that was killed has left there is deleted by the next one.
 */
public final class DrillScratch implements AutoCloseable {
  private static final String NAME = "pghoard_drill";
  private static final String LOCK = "pghoard_drill.lock";

  /** sun_path of sockaddr_un has 108 bytes, the last one a zero. */
  private static final int LONGEST_SOCKET = 107 - "/.s.PGSQL.5432".length();

  private final Path path;
  private final FileChannel channel;
  private final List<String> asUser;

  private DrillScratch(Path path, FileChannel channel, List<String> asUser) {
    this.path = path;
    this.channel = channel;
    this.asUser = asUser;
  }

  /**
   * Makes the directory, empty.
   *
   * @throws DrillFailedException when it cannot be used, or another drill uses it
   */
  public static DrillScratch in(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new DrillFailedException(
          "there is no directory %s; make it, owned by the user that runs pghoard"
              .formatted(directory));
    }
    Path real = directory.toRealPath();
    Path path = real.resolve(NAME);
    if (path.resolve("s").toString().getBytes(UTF_8).length > LONGEST_SOCKET) {
      throw new DrillFailedException(
          "the path of %s is too long for a Unix socket; name a shorter one".formatted(directory));
    }
    List<String> asUser = asUser(real);
    FileChannel channel =
        FileChannel.open(
            path.resolveSibling(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock(channel) == null) {
        throw new DrillFailedException("another drill runs in " + directory);
      }
      delete(path);
      for (Path each : List.of(path, path.resolve("s"), path.resolve("tablespaces"))) {
        Files.createDirectory(
            each,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (!asUser.isEmpty()) {
          Files.setAttribute(each, "unix:uid", ThisUser.uid(real));
        }
      }
      return new DrillScratch(path, channel, asUser);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** PostgreSQL refuses to run as root; root runs it as the user whose the directory is. */
  private static List<String> asUser(Path directory) throws IOException {
    if (!ThisUser.isRoot()) {
      return List.of();
    }
    int uid = ThisUser.uid(directory);
    if (uid == 0) {
      throw new DrillFailedException(
          "PostgreSQL does not run as root, and %s belongs to root; run this as the daemon's user, or chown the directory to the user as whom the server is to run"
              .formatted(directory));
    }
    Object gid = Files.getAttribute(directory, "unix:gid");
    return List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups");
  }

  public Path data() {
    return path.resolve("data");
  }

  public Path tablespaces() {
    return path.resolve("tablespaces");
  }

  Path sockets() {
    return path.resolve("s");
  }

  /** A command as the user of the directory, with a low priority. */
  List<String> command(Path program, List<String> arguments) {
    List<String> command = new ArrayList<>(asUser);
    command.addAll(List.of("nice", "-n", "10", program.toString()));
    command.addAll(arguments);
    return command;
  }

  @Override
  public void close() throws IOException {
    try {
      delete(path);
    } finally {
      channel.close();
    }
  }

  /** Links are deleted, not followed. */
  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
