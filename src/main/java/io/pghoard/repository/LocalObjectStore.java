// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.config.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in a directory, laid out as the Python pghoard does: a file for the bytes of an object,
 * named by its key, and a {@link Sidecar} for its metadata. Without either there is no object.
 *
 * <p>An object comes under temporary names. When both files are durable they are renamed, the
 * sidecar first, and the directory is synced; the bytes go first when it is deleted. So a process
 * that dies leaves at worst a lone sidecar or an {@link IncomingObject}, which nobody sees and
 * {@link #sweep} removes. Bytes without a sidecar are those of a Python pghoard that died.
 *
 * <p>A root that is missing holds no known set of objects: its file system may not be mounted. Then
 * reading fails, as "there is no such object" would be a lie that ends a recovery too early; and so
 * does writing, as what is written below a mount point is out of sight when it is mounted.
 */
public final class LocalObjectStore implements ObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(LocalObjectStore.class);

  private static final int BUFFER = 1 << 16;

  private final Path root;
  private final LocalTree tree;
  private final @Nullable String id;

  /** A store in a directory that carries any marker, or none; only {@link #sweep} creates it. */
  public LocalObjectStore(Path root) {
    this(root, null);
  }

  /**
   * A store that is the right one only while its marker says so.
   *
   * @param id in its {@link RepositoryMarker}, or null when none is asked for
   */
  LocalObjectStore(Path root, @Nullable String id) {
    this.root = root.toAbsolutePath().normalize();
    this.tree = new LocalTree(this.root);
    this.id = id;
  }

  @Override
  public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    String deed = "put " + key;
    sorted(deed, new RepositoryOwner(root)::require);
    sorted(deed, this::requireRoot);
    Path data = sorted(deed, () -> tree.locate(key));
    sorted(deed, () -> refuseExisting(key, data));
    try (IncomingObject incoming =
        sorted(deed, () -> IncomingObject.in(new SyncedDirectory(parent(data))))) {
      byte[] buffer = new byte[BUFFER];
      // What the body throws is the body's, and says nothing of this store.
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        int length = read;
        sorted(deed, () -> incoming.write(buffer, length));
      }
      sorted(
          deed,
          () -> {
            incoming.finish(metadata);
            publish(key, data, incoming);
          });
    }
  }

  private void publish(ObjectKey key, Path data, IncomingObject incoming) throws IOException {
    SyncedDirectory directory = new SyncedDirectory(parent(data));
    alone(
        () -> {
          requireRoot();
          refuseExisting(key, data);
          if (deleteBoth(data)) {
            // Else after a power cut a half of the old could stand beside a half of the new.
            directory.sync();
          }
          incoming.moveTo(data);
          directory.sync();
        });
  }

  /**
   * Makes sure that an object which is there stays there: whoever put it may have died between the
   * renames and the sync, or not have synced at all.
   */
  private static void refuseExisting(ObjectKey key, Path data) throws IOException {
    if (!exists(data)) {
      return;
    }
    for (Path file : List.of(data, Sidecar.of(data), parent(data))) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
    throw new ObjectExistsException(key);
  }

  private static boolean exists(Path data) {
    return Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(Sidecar.of(data), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public ObjectContent get(ObjectKey key) throws IOException {
    return sorted("get " + key, () -> open(key));
  }

  private ObjectContent open(ObjectKey key) throws IOException {
    requireRoot();
    Path data = tree.locate(key);
    if (!exists(data)) {
      throw new ObjectMissingException(key);
    }
    try {
      Sidecar sidecar = Sidecar.read(Sidecar.of(data));
      InputStream bytes = Files.newInputStream(data, LinkOption.NOFOLLOW_LINKS);
      return new ObjectContent(CheckedContent.of(key, sidecar, bytes), sidecar.metadata());
    } catch (NoSuchFileException e) {
      // Deleted just now.
      throw new ObjectMissingException(key);
    }
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    walk(
        prefix,
        (key, data) -> {
          try {
            BasicFileAttributes file =
                Files.readAttributes(data, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            found.add(
                new StoredObject(
                    key, file.size(), file.lastModifiedTime().toInstant(), metadata(data)));
          } catch (NoSuchFileException e) {
            // Deleted just now: it may be in the list or not.
          }
        });
    return found;
  }

  /** One damaged sidecar must not hide all other objects; {@link #get} says what is wrong. */
  private static Map<String, String> metadata(Path data) throws IOException {
    try {
      return Sidecar.read(Sidecar.of(data)).metadata();
    } catch (Sidecar.DamagedException e) {
      return Map.of();
    }
  }

  @Override
  public List<ObjectKey> keys(String prefix) throws IOException {
    List<ObjectKey> found = new ArrayList<>();
    walk(prefix, (key, data) -> found.add(key));
    return found;
  }

  private void walk(String prefix, LocalTree.Visitor visitor) throws IOException {
    sorted(
        "list the objects below \"" + prefix + "\"",
        () -> {
          requireRoot();
          tree.objects(prefix, visitor);
        });
  }

  @Override
  public void delete(List<ObjectKey> keys) throws IOException {
    for (ObjectKey key : keys) {
      deleteOne(key);
    }
  }

  private void deleteOne(ObjectKey key) throws IOException {
    sorted(
        "delete " + key,
        () -> {
          new RepositoryOwner(root).require();
          requireRoot();
          Path data = tree.locate(key);
          if (!Files.isDirectory(parent(data))) {
            return;
          }
          alone(
              () -> {
                if (deleteBoth(data)) {
                  new SyncedDirectory(parent(data)).sync();
                }
                deleteEmpty(parent(data));
              });
        });
  }

  private void alone(PublishLock.Action action) throws IOException {
    new PublishLock(root).during(action);
  }

  private static boolean deleteBoth(Path data) throws IOException {
    boolean was = Files.deleteIfExists(data);
    return Files.deleteIfExists(Sidecar.of(data)) || was;
  }

  /** A writer that needs one of these directories creates it again. */
  private void deleteEmpty(Path directory) throws IOException {
    Path empty = directory;
    while (!empty.equals(root)) {
      try {
        Files.deleteIfExists(empty);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
      empty = parent(empty);
    }
  }

  /**
   * Makes the store ready for writing: creates its directory when there is none, and removes what
   * writers left that were killed. To be called when a service starts; others may write meanwhile.
   */
  public void sweep() throws IOException {
    sorted(
        "sweep the repository " + root,
        () -> {
          new RepositoryOwner(root).require();
          new SyncedDirectory(root).create();
          for (Path leftover : tree.leftovers()) {
            try {
              alone(() -> LocalTree.removeLeftover(leftover));
            } catch (AccessDeniedException e) {
              LOG.warn("{}: it is left where it is", FileFailure.reason(e));
            }
          }
        });
  }

  private void requireRoot() throws IOException {
    if (id != null && !id.equals(new RepositoryMarker(root).read())) {
      throw new IOException(
          "%s is not the repository that pghoard has used: is its file system mounted?"
              .formatted(root));
    }
    if (!Files.isDirectory(root)) {
      throw new IOException(
          "there is no directory %s; is its file system mounted?".formatted(root));
    }
  }

  private static Path parent(Path below) {
    Path parent = below.getParent();
    if (parent == null) {
      throw new IllegalStateException("not below the root of a store: " + below);
    }
    return parent;
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private static void sorted(String deed, PublishLock.Action action) throws IOException {
    sorted(
        deed,
        () -> {
          action.run();
          return true;
        });
  }

  private static <T> T sorted(String deed, Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (IOException e) {
      throw StorageFailure.of(deed, e);
    }
  }
}
