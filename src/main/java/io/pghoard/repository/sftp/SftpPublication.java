// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Sidecar;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an object gets its name, with writers on other machines and no lock between them.
 *
 * <p>The sidecar is renamed first, which a server refuses when the name is taken: whose sidecar has
 * it has won. Then the bytes are renamed, and the object is there, whole, in one step. A writer
 * that loses finishes what a winner began and did not end: its bytes lie beside, without a sidecar
 * of their own, and the SHA-256 in the sidecar says that they are the ones. So nobody ever takes
 * away what another one may still be at.
 */
final class SftpPublication {
  /** By then nobody is between two renames any more, nor has stopped writing to go on later. */
  static final Duration STALE = Duration.ofMinutes(5);

  private static final int TRIES = 3;

  private final SftpConnection connection;
  private final ObjectKey key;
  private final ObjectFiles files;
  private boolean begun;

  SftpPublication(SftpConnection connection, ObjectKey key, ObjectFiles files) {
    this.connection = connection;
    this.key = key;
    this.files = files;
  }

  /** Which of the two files are there. */
  private record State(@Nullable FileFacts data, @Nullable FileFacts sidecar) {
    boolean isWhole() {
      return data != null && sidecar != null;
    }
  }

  private State state() throws IOException {
    int data = connection.sendFacts(files.data());
    int sidecar = connection.sendFacts(files.sidecar());
    FileFacts ofData = connection.facts(data, files.data());
    return new State(ofData, connection.facts(sidecar, files.sidecar()));
  }

  /** Whether the object is there; then it is durable, whoever put it. */
  boolean isThere() throws IOException {
    if (!state().isWhole()) {
      return false;
    }
    try {
      for (String path : List.of(files.sidecar(), files.data())) {
        try (RemoteFile file = RemoteFile.open(connection, path)) {
          file.sync();
        }
      }
      return true;
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Gives an upload its name.
   *
   * @throws ObjectExistsException when another one has it
   */
  void publish(SftpUpload upload) throws IOException {
    for (int tries = 1; ; tries++) {
      State before = state();
      if (before.isWhole()) {
        isThere();
        throw new ObjectExistsException(key);
      }
      if (before.data() == null && before.sidecar() == null) {
        if (moveSidecar(upload, tries == TRIES)) {
          moveData(upload);
          return;
        }
      } else if ((before.data() != null || !finishOther()) && state().equals(before)) {
        // The winner may have been between its two renames: only what stays so is half.
        clear(before, upload.facts().modified());
      }
      if (tries == TRIES) {
        throw new IOException("other writers are storing %s; retrying".formatted(files.data()));
      }
    }
  }

  /**
   * Whether the upload's sidecar has its name, or may have: then the object is this upload's, the
   * bytes stay where they are, and whoever comes next ends it.
   */
  boolean isBegun() {
    return begun;
  }

  /** False when another one was first. */
  private boolean moveSidecar(SftpUpload upload, boolean last) throws IOException {
    begun = true;
    try {
      connection.rename(upload.sidecarPath(), files.sidecar());
      return true;
    } catch (SftpStatusException e) {
      begun = false;
      if (last || state().sidecar() == null) {
        throw e;
      }
      return false;
    }
  }

  private void moveData(SftpUpload upload) throws IOException {
    try {
      connection.rename(upload.path(), files.data());
    } catch (SftpStatusException e) {
      // Gone means that another one has ended it.
      if (!e.isMissing() || state().data() == null) {
        throw e;
      }
    }
    upload.published();
  }

  /** Gives the bytes that belong to a sidecar their name; false when there are none. */
  private boolean finishOther() throws IOException {
    Sidecar sidecar = sidecar();
    if (sidecar == null || sidecar.sha256() == null || sidecar.size() == null) {
      return false;
    }
    Set<String> names = new HashSet<>();
    connection.entries(files.directory()).forEach(entry -> names.add(entry.name()));
    for (String name : names) {
      if (files.isIncoming(name)
          && !names.contains(name + Sidecar.SUFFIX)
          && hasBytes(files.path(name), sidecar)) {
        try {
          connection.rename(files.path(name), files.data());
        } catch (SftpStatusException e) {
          if (!e.isMissing() && state().data() == null) {
            throw e;
          }
        }
        return true;
      }
    }
    return names.contains(files.name());
  }

  /** The hash that the object's sidecar has, or "". */
  String storedHash() throws IOException {
    Sidecar stored = sidecar();
    return stored == null || stored.sha256() == null ? "" : stored.sha256();
  }

  private @Nullable Sidecar sidecar() throws IOException {
    try (RemoteFile file = RemoteFile.open(connection, files.sidecar())) {
      return Sidecar.parse(file.readAll(Sidecar.LARGEST), files.sidecar());
    } catch (Sidecar.DamagedException e) {
      return null;
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        return null;
      }
      throw e;
    }
  }

  private boolean hasBytes(String path, Sidecar sidecar) throws IOException {
    try (RemoteFile file = RemoteFile.open(connection, path)) {
      if (!Long.valueOf(file.facts().size()).equals(sidecar.size())) {
        return false;
      }
      try (InputStream bytes = CheckedContent.of(key, sidecar, new Blocks(file))) {
        bytes.transferTo(OutputStream.nullOutputStream());
        return true;
      } catch (SftpStatusException | ConnectionLostException e) {
        throw e;
      } catch (IOException otherBytes) {
        return false;
      }
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        return false;
      }
      throw e;
    }
  }

  /** Removes half an object that nobody is at any more. */
  private void clear(State half, Instant now) throws IOException {
    FileFacts facts = half.data() == null ? half.sidecar() : half.data();
    String path = half.data() == null ? files.sidecar() : files.data();
    if (facts == null) {
      return;
    }
    long age = Duration.between(facts.modified(), now).toSeconds();
    if (age < STALE.toSeconds()) {
      throw new IOException(
          "%s is incomplete: another writer is storing it, or was killed; it counts as a leftover in %d s"
              .formatted(path, STALE.toSeconds() - age));
    }
    RemoteFile claim;
    try {
      claim = RemoteFile.create(connection, files.claim());
    } catch (SftpStatusException e) {
      throw new IOException(
          "%s is incomplete, and another writer is removing it; %s is its mark"
              .formatted(path, files.claim()),
          e);
    }
    try {
      claim.close();
      if (state().equals(half)) {
        connection.remove(path);
      }
    } finally {
      connection.remove(files.claim());
    }
  }

  /** Removes a sidecar that has been alone for long, unless its bytes are beside it. */
  boolean clearLoneSidecar(Instant now) throws IOException {
    State state = state();
    if (state.isWhole() || state.sidecar() == null || finishOther()) {
      return false;
    }
    clear(state, now);
    return true;
  }

  /** A file's bytes, for who checks them. */
  private static final class Blocks extends InputStream {
    private final RemoteFile file;
    private long read;

    Blocks(RemoteFile file) {
      this.file = file;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("read in blocks");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      byte[] bytes = file.read(file.sendRead(read, Math.min(length, RemoteFile.BLOCK)));
      System.arraycopy(bytes, 0, buffer, offset, bytes.length);
      read += bytes.length;
      return bytes.length == 0 ? -1 : bytes.length;
    }
  }
}
