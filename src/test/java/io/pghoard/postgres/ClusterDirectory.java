// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory that the user PostgreSQL runs as can reach, with a path short enough for the name of
 * a socket (107 bytes); removed when closed.
 *
 * <pre>
 *   data/        the cluster, if it was made here
 *   sockets/     the server's socket
 *   bin/         a copy of the project's bin/, once asked for
 *   server.log
 * </pre>
 */
public final class ClusterDirectory implements AutoCloseable {
  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  private final Path path;

  private ClusterDirectory(Path path) {
    this.path = path;
  }

  static ClusterDirectory create() {
    Path parent = TEMPORARY.toString().length() > 60 ? Path.of("/tmp") : TEMPORARY;
    ClusterDirectory directory;
    try {
      directory = new ClusterDirectory(Files.createTempDirectory(parent, "pg-"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a directory for a cluster in " + parent, e);
    }
    try {
      Files.createDirectory(directory.sockets());
      directory.own(directory.path);
      Files.setPosixFilePermissions(directory.path, PosixFilePermissions.fromString("rwxr-xr-x"));
      return directory;
    } catch (IOException e) {
      directory.close();
      throw new UncheckedIOException("cannot make a directory for a cluster", e);
    }
  }

  public Path path() {
    return path;
  }

  Path sockets() {
    return path.resolve("sockets");
  }

  /** A new directory in this one, of the cluster's user; as root one can write there, too. */
  public Path make(String name) {
    try {
      Path made = Files.createDirectories(path.resolve(name));
      own(made);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + path.resolve(name), e);
    }
  }

  /**
   * A program of the project's bin/ where the server can reach it: for archive_command and so on.
   */
  public Path program(String name) {
    Path copies = path.resolve("bin");
    try {
      if (!Files.exists(copies)) {
        Files.createDirectory(copies);
        try (DirectoryStream<Path> originals = Files.newDirectoryStream(Path.of("bin"))) {
          for (Path original : originals) {
            Files.copy(original, copies.resolve(original.getFileName()));
          }
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(copies)) {
          for (Path copy : all) {
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy bin/ to " + copies, e);
    }
    Path program = copies.resolve(name);
    if (!Files.exists(program)) {
      throw new IllegalStateException("no program of that name in the project's bin/: " + name);
    }
    return program;
  }

  /**
   * Gives a tree to the user that PostgreSQL runs as, the tablespaces that it links to as well, and
   * lets that user in through the temporary directories above it.
   */
  public void own(Path tree) {
    try {
      letIn(tree);
      if (PostgresPrograms.runsAsRoot()) {
        UserPrincipal user =
            tree.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres");
        giveTo(user, tree);
        Path tablespaces = tree.resolve("pg_tblspc");
        if (Files.isDirectory(tablespaces)) {
          try (DirectoryStream<Path> links = Files.newDirectoryStream(tablespaces)) {
            for (Path link : links) {
              if (Files.isSymbolicLink(link)) {
                letIn(link.toRealPath());
                giveTo(user, link.toRealPath());
              }
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot give " + tree + " to the user postgres", e);
    }
  }

  /** Removes the directory with all that is in it. */
  @Override
  public void close() {
    if (!Files.exists(path)) {
      return;
    }
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path, e);
    }
  }

  private static void letIn(Path tree) throws IOException {
    Path above = tree.toAbsolutePath().normalize().getParent();
    while (above != null && above.startsWith(TEMPORARY) && !above.equals(TEMPORARY)) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(above);
      if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
        Files.setPosixFilePermissions(above, permissions);
      }
      above = above.getParent();
    }
  }

  private static void giveTo(UserPrincipal user, Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.setOwner(directory, user);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!attributes.isSymbolicLink()) {
              Files.setOwner(file, user);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
