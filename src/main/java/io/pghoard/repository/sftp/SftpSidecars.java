// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.repository.Sidecar;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sidecars of many objects, many at a time, so that a slow line is crossed less often.
 */
record SftpSidecars(SftpConnection connection, String root) {
  private static final int AT_ONCE = 64;

  /** What a sidecar holds is a few hundred bytes: one read brings it, and another one the end. */
  private static final int USUAL = RemoteFile.BLOCK;

  List<StoredObject> objects(List<SftpTree.Found> found) throws IOException {
    List<StoredObject> objects = new ArrayList<>();
    for (int from = 0; from < found.size(); from += AT_ONCE) {
      batch(found.subList(from, Math.min(found.size(), from + AT_ONCE)), objects);
    }
    return objects;
  }

  private void batch(List<SftpTree.Found> found, List<StoredObject> objects) throws IOException {
    List<String> paths = found.stream().map(this::path).toList();
    List<Integer> opens = new ArrayList<>();
    for (String path : paths) {
      opens.add(RemoteFile.sendOpen(connection, path));
    }
    List<@Nullable RemoteFile> files = new ArrayList<>();
    List<Integer> reads = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      RemoteFile file = opened(paths.get(i), opens.get(i));
      files.add(file);
      reads.add(file == null ? 0 : file.sendRead(0, USUAL));
    }
    List<Integer> closes = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      RemoteFile file = files.get(i);
      if (file != null) {
        objects.add(read(found.get(i), file, reads.get(i)));
        closes.add(file.sendClose());
      }
    }
    for (int close : closes) {
      connection.done(close, root);
    }
  }

  private String path(SftpTree.Found found) {
    return SftpStorage.below(root, found.key() + Sidecar.SUFFIX);
  }

  /** Null when it was deleted just now: it may be in the list or not. */
  private @Nullable RemoteFile opened(String path, int id) throws IOException {
    try {
      return RemoteFile.opened(connection, path, id);
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        return null;
      }
      // What is open of the others would stay so.
      connection.close();
      throw e;
    }
  }

  private StoredObject read(SftpTree.Found found, RemoteFile file, int read) throws IOException {
    try {
      return object(found, file, read);
    } catch (SftpStatusException e) {
      // As above.
      connection.close();
      throw e;
    }
  }

  /** One damaged sidecar must not hide all other objects; a get says what is wrong. */
  private static StoredObject object(SftpTree.Found found, RemoteFile file, int read)
      throws IOException {
    byte[] text = file.read(read);
    Map<String, String> metadata;
    try {
      metadata = Sidecar.parse(whole(file, text), file.path()).metadata();
    } catch (Sidecar.DamagedException e) {
      metadata = Map.of();
    }
    return new StoredObject(found.key(), found.facts().size(), found.facts().modified(), metadata);
  }

  /** A file that looks whole, ends with a brace; any other is read to its end. */
  private static byte[] whole(RemoteFile file, byte[] text) throws IOException {
    boolean looksWhole = text.length < USUAL && text.length > 0 && text[text.length - 1] == '}';
    return looksWhole ? text : file.readAll(Sidecar.LARGEST);
  }
}
