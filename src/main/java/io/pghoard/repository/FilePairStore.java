// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes objects of the files that a {@link FileRoutes} keeps: the bytes under the object's key, and
 * beside them {@code KEY.metadata}, as in a local repository. An object is there when both are.
 *
 * <p>Nobody else may put the same key at the same moment: a place for files has no condition that
 * would keep two from it. Within one process this store sees to it.
 */
public final class FilePairStore implements ObjectStore {
  private final FileRoutes files;
  private final String prefix;
  private final Path spool;
  private final LostAnswers lostAnswers = new LostAnswers();
  private final List<Object> locks = IntStream.range(0, 64).mapToObj(i -> new Object()).toList();

  /**
   * A store.
   *
   * @param prefix before every key, without a slash at its end; may be empty
   * @param spool where a body waits until it is stored
   */
  public FilePairStore(FileRoutes files, String prefix, Path spool) {
    this.files = files;
    this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    this.spool = spool;
  }

  /** The files of one object, as far as they are there. */
  private record Pair(@Nullable ListedFile data, @Nullable ListedFile sidecar) {
    boolean isWhole() {
      return data != null && sidecar != null;
    }

    long dataSize() {
      return data == null ? -1 : data.size();
    }
  }

  @Override
  public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    Path data = Files.createTempFile(spool, "put", "");
    Path sidecar = Files.createTempFile(spool, "put", Sidecar.SUFFIX);
    try {
      MessageDigest digest = CheckedContent.sha256();
      long size = copy(body, data, digest);
      String hash = HexFormat.of().formatHex(digest.digest());
      Sidecar text = new Sidecar(metadata, hash, size);
      Files.write(sidecar, text.toJson());
      synchronized (lock(key)) {
        Pair before = pair(key);
        if (before.isWhole()) {
          if (!lostAnswers.isOf(key, text, hash(key))) {
            lostAnswers.forget(key);
            throw new ObjectExistsException(key);
          }
          if (before.dataSize() == size) {
            // An earlier try has put it.
            return;
          }
        }
        // One half alone was left by somebody who died between the two.
        deleteFiles(before);
        try {
          files.put(name(key) + Sidecar.SUFFIX, sidecar);
          files.put(name(key), data);
        } catch (IOException e) {
          lostAnswers.add(key, text);
          throw e;
        }
        requireStored(key, size);
        lostAnswers.forget(key);
      }
    } finally {
      Files.deleteIfExists(data);
      Files.deleteIfExists(sidecar);
    }
  }

  private void requireStored(ObjectKey key, long size) throws IOException {
    Pair stored = pair(key);
    if (!stored.isWhole() || stored.dataSize() != size) {
      deleteFiles(stored);
      throw new IOException(
          "cannot put %s: the routes said that it was stored, but it is not listed with its %d bytes"
              .formatted(key, size));
    }
  }

  /** The hash in the sidecar that is there, or "". */
  private String hash(ObjectKey key) throws IOException {
    try {
      String hash = sidecar(name(key)).sha256();
      return hash == null ? "" : hash;
    } catch (Sidecar.DamagedException e) {
      return "";
    }
  }

  private static long copy(InputStream body, Path file, MessageDigest digest) throws IOException {
    long size = 0;
    byte[] buffer = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        digest.update(buffer, 0, read);
        out.write(buffer, 0, read);
        size += read;
      }
    }
    return size;
  }

  private Object lock(ObjectKey key) {
    return locks.get(Math.floorMod(key.hashCode(), locks.size()));
  }

  @Override
  public ObjectContent get(ObjectKey key) throws IOException {
    if (!pair(key).isWhole()) {
      throw new ObjectMissingException(key);
    }
    Sidecar sidecar = sidecar(name(key));
    InputStream bytes = files.get(name(key));
    return new ObjectContent(CheckedContent.of(key, sidecar, bytes), sidecar.metadata());
  }

  private Sidecar sidecar(String name) throws IOException {
    try (InputStream in = files.get(name + Sidecar.SUFFIX)) {
      return Sidecar.read(in, name + Sidecar.SUFFIX);
    }
  }

  @Override
  public List<StoredObject> list(String start) throws IOException {
    List<StoredObject> objects = new ArrayList<>();
    for (Map.Entry<ObjectKey, ListedFile> object : objects(start).entrySet()) {
      ListedFile file = object.getValue();
      Map<String, String> metadata = Map.of();
      try {
        metadata = sidecar(file.path()).metadata();
      } catch (Sidecar.DamagedException e) {
        // One damaged sidecar must not hide all other objects; get says what is wrong.
      }
      objects.add(new StoredObject(object.getKey(), file.size(), time(file), metadata));
    }
    return objects;
  }

  private static Instant time(ListedFile file) throws IOException {
    try {
      return file.time();
    } catch (IllegalArgumentException e) {
      throw new PermanentStorageException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public List<ObjectKey> keys(String start) throws IOException {
    return List.copyOf(objects(start).keySet());
  }

  @Override
  public void delete(List<ObjectKey> keys) throws IOException {
    if (keys.isEmpty()) {
      return;
    }
    Map<String, ListedFile> there = listed(common(keys));
    for (ObjectKey key : keys) {
      synchronized (lock(key)) {
        deleteFiles(new Pair(there.get(name(key)), there.get(name(key) + Sidecar.SUFFIX)));
      }
    }
  }

  /** The bytes first: without them the object is gone. */
  private void deleteFiles(Pair pair) throws IOException {
    if (pair.data() != null) {
      files.delete(pair.data().path());
    }
    if (pair.sidecar() != null) {
      files.delete(pair.sidecar().path());
    }
  }

  /** What all keys start with, so that one list tells which of their files are there. */
  private String common(List<ObjectKey> keys) {
    String common = name(keys.get(0));
    for (ObjectKey key : keys) {
      String name = name(key);
      int length = Math.min(common.length(), name.length());
      int same = 0;
      while (same < length && common.charAt(same) == name.charAt(same)) {
        same++;
      }
      common = common.substring(0, same);
    }
    // Not within the three characters that stand for one.
    int percent = common.lastIndexOf('%');
    return percent >= 0 && percent > common.length() - 3 ? common.substring(0, percent) : common;
  }

  private Pair pair(ObjectKey key) throws IOException {
    Map<String, ListedFile> there = listed(name(key));
    return new Pair(there.get(name(key)), there.get(name(key) + Sidecar.SUFFIX));
  }

  private Map<ObjectKey, ListedFile> objects(String start) throws IOException {
    Map<ObjectKey, ListedFile> objects = new TreeMap<>();
    if (!ObjectKey.matches(start + "x")) {
      // No key starts so.
      return objects;
    }
    Map<String, ListedFile> there = listed(FileName.of(prefix + start));
    there.forEach(
        (name, file) -> {
          String key = FileName.text(name);
          if (key != null
              && there.containsKey(name + Sidecar.SUFFIX)
              && key.startsWith(prefix + start)
              && ObjectKey.matches(key.substring(prefix.length()))) {
            objects.put(new ObjectKey(key.substring(prefix.length())), file);
          }
        });
    return objects;
  }

  private Map<String, ListedFile> listed(String start) throws IOException {
    Map<String, ListedFile> listed = new TreeMap<>();
    files.list(start).forEach(file -> listed.put(file.path(), file));
    return listed;
  }

  private String name(ObjectKey key) {
    return FileName.of(prefix + key.text());
  }
}
