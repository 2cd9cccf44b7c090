// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** A store in memory, for tests that need many objects and no files. */
public final class MemoryObjectStore implements ObjectStore {
  private final ConcurrentSkipListMap<ObjectKey, Held> objects = new ConcurrentSkipListMap<>();

  private static final class Held {
    private final byte[] bytes;
    private final StoredObject object;

    private Held(byte[] bytes, StoredObject object) {
      this.bytes = bytes;
      this.object = object;
    }
  }

  public MemoryObjectStore() {}

  /** A store with the same objects, which goes its own way. */
  public MemoryObjectStore copy() {
    MemoryObjectStore copy = new MemoryObjectStore();
    copy.objects.putAll(objects);
    return copy;
  }

  @Override
  public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    byte[] bytes = body.readAllBytes();
    StoredObject object = new StoredObject(key, bytes.length, Instant.now(), metadata);
    if (objects.putIfAbsent(key, new Held(bytes, object)) != null) {
      throw new ObjectExistsException(key);
    }
  }

  @Override
  public ObjectContent get(ObjectKey key) throws IOException {
    Held held = objects.get(key);
    if (held == null) {
      throw new ObjectMissingException(key);
    }
    return new ObjectContent(new ByteArrayInputStream(held.bytes), held.object.metadata());
  }

  @Override
  public List<StoredObject> list(String prefix) {
    return objects.values().stream()
        .map(held -> held.object)
        .filter(object -> object.key().text().startsWith(prefix))
        .toList();
  }

  @Override
  public void delete(List<ObjectKey> keys) {
    keys.forEach(objects::remove);
  }
}
