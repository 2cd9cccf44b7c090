// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.config.FileFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files below the root of a local store, read one directory at a time. */
record LocalTree(Path root) {
  private static final Logger LOG = LoggerFactory.getLogger(LocalTree.class);

  /** Told of each object. */
  interface Visitor {
    void object(ObjectKey key, Path data) throws IOException;
  }

  /**
   * The file for the bytes of an object. A symbolic link on the way to it could lead anywhere, and
   * a listing could run in circles.
   */
  Path locate(ObjectKey key) throws PermanentStorageException {
    Path path = root;
    for (String part : key.text().split("/", -1)) {
      path = path.resolve(part);
      refuseLink(path);
    }
    return path;
  }

  private static void refuseLink(Path path) throws PermanentStorageException {
    if (Files.isSymbolicLink(path)) {
      throw new PermanentStorageException(
          "%s is a symbolic link, which is not allowed inside a repository; mount what it points to instead"
              .formatted(path));
    }
  }

  /** Visits the objects whose key starts with {@code prefix} in the order of their keys. */
  void objects(String prefix, Visitor visitor) throws IOException {
    String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    Path directory = root;
    if (!folder.isEmpty()) {
      String above = folder.substring(0, folder.length() - 1);
      if (!ObjectKey.matches(above)) {
        // No key starts like this.
        return;
      }
      directory = locate(new ObjectKey(above));
    }
    visit(directory, folder, prefix, visitor);
  }

  private void visit(Path directory, String folder, String prefix, Visitor visitor)
      throws IOException {
    Set<String> names = names(directory, name -> overlaps(folder + name, prefix));
    List<String> ordered = new ArrayList<>();
    for (String name : names) {
      if (name.startsWith(".") || name.contains(Sidecar.SUFFIX)) {
        continue;
      }
      Path path = directory.resolve(name);
      if (names.contains(name + Sidecar.SUFFIX)) {
        ordered.add(name);
      } else if (isFolder(path)) {
        // With its slash, it sorts among its siblings as the keys below it do.
        ordered.add(name + "/");
      }
    }
    ordered.sort(null);
    for (String name : ordered) {
      if (name.endsWith("/")) {
        visit(directory.resolve(name), folder + name, prefix, visitor);
      } else if ((folder + name).startsWith(prefix) && ObjectKey.matches(folder + name)) {
        visitor.object(new ObjectKey(folder + name), directory.resolve(name));
      }
    }
  }

  private static boolean overlaps(String path, String prefix) {
    return path.startsWith(prefix) || prefix.startsWith(path);
  }

  /** Whether objects may lie below a path; lost+found is the file system's own, and closed. */
  private boolean isFolder(Path path) throws IOException {
    refuseLink(path);
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        && !path.equals(root.resolve("lost+found"));
  }

  private static Set<String> names(Path directory, Predicate<String> wanted) throws IOException {
    Set<String> names = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (wanted.test(name)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Set.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** The temporary files and the sidecars without an object, as they are at this moment. */
  List<Path> leftovers() throws IOException {
    List<Path> found = new ArrayList<>();
    leftovers(root, found);
    return found;
  }

  private void leftovers(Path directory, List<Path> found) throws IOException {
    Set<String> names;
    try {
      names = names(directory, name -> true);
    } catch (AccessDeniedException e) {
      LOG.warn("{}: what is in it is left where it is", FileFailure.reason(e));
      return;
    }
    for (String name : names) {
      Path path = directory.resolve(name);
      if (name.startsWith(IncomingObject.PREFIX)) {
        found.add(path);
      } else if (name.endsWith(Sidecar.SUFFIX)) {
        String data = name.substring(0, name.length() - Sidecar.SUFFIX.length());
        if (!names.contains(data)) {
          found.add(path);
        }
      } else if (!name.startsWith(".")
          && !names.contains(name + Sidecar.SUFFIX)
          && isFolder(path)) {
        leftovers(path, found);
      }
    }
  }

  /** Deletes a temporary file whose writer is gone, or a sidecar that has no object still. */
  static void removeLeftover(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    boolean gone;
    if (name.startsWith(IncomingObject.PREFIX)) {
      gone = IncomingObject.isOrphan(file);
    } else {
      String data = name.substring(0, name.length() - Sidecar.SUFFIX.length());
      gone = !Files.exists(file.resolveSibling(data), LinkOption.NOFOLLOW_LINKS);
    }
    if (gone) {
      Files.deleteIfExists(file);
    }
  }
}
