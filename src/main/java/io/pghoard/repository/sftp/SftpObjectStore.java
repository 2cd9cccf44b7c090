// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.LostAnswers;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Sidecar;
import io.pghoard.repository.StoredObject;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A store on a server that speaks SFTP, laid out as the Python pghoard does: a file for the bytes
 * of an object, named by its key, and a {@link Sidecar} for its metadata. Without either there is
 * no object.
 *
 * <p>The directory that the configuration names must be there: when it is missing, its file system
 * may not be mounted, and no object is called missing. Directories below are made and removed.
 */
public final class SftpObjectStore implements ObjectStore, Closeable {
  private static final int BUFFER = 1 << 16;

  private final SftpStorage storage;
  private final SftpPool pool;
  private final LostAnswers lostAnswers = new LostAnswers();

  /** Uploads that could not be removed, as their connection was lost. */
  private final Queue<String> abandoned = new ConcurrentLinkedQueue<>();

  public SftpObjectStore(SftpStorage storage) {
    this.storage = storage;
    this.pool = new SftpPool(storage);
  }

  /** A question to the server, sorted when it fails. */
  private interface Question<T> {
    T ask() throws IOException;
  }

  /** Something to be done there. */
  private interface Action {
    void run() throws IOException;
  }

  @Override
  public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    String deed = "put " + key;
    SftpConnection connection = pool.borrow(deed);
    try {
      ObjectFiles files = ObjectFiles.of(storage, key);
      SftpPublication publication = new SftpPublication(connection, key, files);
      sorted(deed, connection, () -> removeAbandoned(connection));
      if (sorted(deed, connection, publication::isThere)) {
        if (lostAnswers.isOf(key, body, sorted(deed, connection, publication::storedHash))) {
          return;
        }
        lostAnswers.forget(key);
        throw new ObjectExistsException(key);
      }
      SftpUpload upload =
          sorted(deed, connection, () -> SftpUpload.begin(connection, files, storage.directory()));
      boolean published = false;
      try {
        byte[] buffer = new byte[BUFFER];
        // What the body throws is the body's, and says nothing of this store.
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
          int length = read;
          sorted(deed, connection, () -> upload.write(buffer, length));
        }
        Sidecar sidecar = sorted(deed, connection, () -> upload.finish(metadata));
        sorted(deed, connection, () -> publish(key, publication, upload, sidecar));
        published = true;
      } finally {
        if (!published && !publication.isBegun()) {
          abandon(connection, upload);
        }
      }
    } finally {
      pool.giveBack(connection);
    }
  }

  private void publish(
      ObjectKey key, SftpPublication publication, SftpUpload upload, Sidecar sidecar)
      throws IOException {
    try {
      publication.publish(upload);
      lostAnswers.forget(key);
    } catch (ObjectExistsException e) {
      if (!lostAnswers.isOf(key, sidecar, publication.storedHash())) {
        lostAnswers.forget(key);
        throw e;
      }
      // An earlier try has put it.
      upload.remove();
    } catch (IOException e) {
      if (publication.isBegun()) {
        lostAnswers.add(key, sidecar);
      }
      throw e;
    }
  }

  private void abandon(SftpConnection connection, SftpUpload upload) {
    try {
      if (connection.isOpen()) {
        upload.remove();
        return;
      }
    } catch (IOException e) {
      // The failure that is being told is the one to know of.
      connection.close();
    }
    abandoned.add(upload.path());
  }

  private void removeAbandoned(SftpConnection connection) throws IOException {
    for (String path = abandoned.poll(); path != null; path = abandoned.poll()) {
      try {
        connection.remove(path);
        connection.remove(path + Sidecar.SUFFIX);
      } catch (ConnectionLostException e) {
        abandoned.add(path);
        throw e;
      }
    }
  }

  @Override
  public ObjectContent get(ObjectKey key) throws IOException {
    String deed = "get " + key;
    SftpConnection connection = pool.borrow(deed);
    boolean handedOn = false;
    try {
      ObjectContent content = sorted(deed, connection, () -> open(deed, connection, key));
      handedOn = true;
      return content;
    } finally {
      if (!handedOn) {
        pool.giveBack(connection);
      }
    }
  }

  private ObjectContent open(String deed, SftpConnection connection, ObjectKey key)
      throws IOException {
    ObjectFiles files = ObjectFiles.of(storage, key);
    try {
      Sidecar sidecar;
      try (RemoteFile file = RemoteFile.open(connection, files.sidecar())) {
        sidecar = Sidecar.parse(file.readAll(Sidecar.LARGEST), files.sidecar());
      }
      RemoteFile data = RemoteFile.open(connection, files.data());
      SftpBody body = new SftpBody(deed, pool, connection, data, size(connection, data));
      return new ObjectContent(CheckedContent.of(key, sidecar, body), sidecar.metadata());
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        requireDirectory(connection);
        throw new ObjectMissingException(key);
      }
      throw e;
    }
  }

  private static long size(SftpConnection connection, RemoteFile data) throws IOException {
    try {
      return data.facts().size();
    } catch (SftpStatusException e) {
      // What is open would stay so.
      connection.close();
      throw e;
    }
  }

  /** An unmounted disk leaves a directory that is empty or is not there. */
  private void requireDirectory(SftpConnection connection) throws IOException {
    String directory = storage.directory();
    if (!directory.isEmpty() && connection.facts(directory) == null) {
      throw new IOException(
          "there is no directory %s on %s; is its file system mounted? Create a new one"
              .formatted(directory, storage.server()));
    }
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    return listed(
        prefix, (connection, found) -> new SftpSidecars(connection, storage.root()).objects(found));
  }

  @Override
  public List<ObjectKey> keys(String prefix) throws IOException {
    return listed(prefix, (connection, found) -> found.stream().map(SftpTree.Found::key).toList());
  }

  /** What a listing makes of what it has found. */
  private interface Reader<T> {
    List<T> read(SftpConnection connection, List<SftpTree.Found> found) throws IOException;
  }

  private <T> List<T> listed(String prefix, Reader<T> reader) throws IOException {
    return with(
        "list the objects below \"" + prefix + "\"",
        connection -> {
          List<SftpTree.Found> found = new SftpTree(connection, storage.root()).objects(prefix);
          if (found.isEmpty()) {
            requireDirectory(connection);
          }
          return reader.read(connection, found);
        });
  }

  @Override
  public void delete(List<ObjectKey> keys) throws IOException {
    String deed = keys.size() == 1 ? "delete " + keys.get(0) : "delete objects";
    with(
        deed,
        connection -> {
          requireDirectory(connection);
          new SftpDeletion(connection, storage).delete(keys);
          return true;
        });
  }

  /**
   * Removes what killed writers left below a prefix.
   *
   * @param age from which on it is theirs
   * @return the paths of what was removed
   */
  public List<String> sweep(String prefix, Duration age) throws IOException {
    return with(
        "sweep what is left below \"" + prefix + "\"",
        connection -> new SftpSweep(connection, storage).sweep(prefix, age));
  }

  /** Something that is done over a connection. */
  private interface Work<T> {
    T over(SftpConnection connection) throws IOException;
  }

  private <T> T with(String deed, Work<T> work) throws IOException {
    SftpConnection connection = pool.borrow(deed);
    try {
      return sorted(deed, connection, () -> work.over(connection));
    } finally {
      pool.giveBack(connection);
    }
  }

  private void sorted(String deed, SftpConnection connection, Action action) throws IOException {
    sorted(
        deed,
        connection,
        () -> {
          action.run();
          return true;
        });
  }

  private <T> T sorted(String deed, SftpConnection connection, Question<T> question)
      throws IOException {
    try {
      return question.ask();
    } catch (SftpStatusException e) {
      if (e.isMissing() && connection.isOpen()) {
        try {
          requireDirectory(connection);
        } catch (IOException unmounted) {
          throw SftpFailure.of(deed, unmounted, connection);
        }
      }
      throw SftpFailure.of(deed, e, connection);
    } catch (IOException e) {
      throw SftpFailure.of(deed, e, connection);
    }
  }

  /** Ends its connections; what is under way fails. */
  @Override
  public void close() {
    pool.close();
  }
}
