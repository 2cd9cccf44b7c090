// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.camel.Service;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whoever deletes or changes objects of a site, whatever store it has, and puts them back. */
final class StoreDamage implements AutoCloseable {
  private final Service service;
  private final ObjectStore store;
  private final Map<ObjectKey, Kept> kept = new HashMap<>();

  private static final class Kept {
    private final byte[] bytes;
    private final Map<String, String> metadata;

    Kept(ObjectContent content) throws IOException {
      bytes = content.stream().readAllBytes();
      metadata = content.metadata();
    }
  }

  StoreDamage(Path config) throws Exception {
    Path home = config.toAbsolutePath().resolveSibling("");
    service = Service.restoreOnly(ConfigFile.read(config), home);
    service.start();
    store = service.bean("repositories", Repositories.class).of(new SiteName("main"));
  }

  /** The keys of all main objects and chunks. */
  List<ObjectKey> keysOfBaseBackups() throws IOException {
    List<ObjectKey> keys = new ArrayList<>(store.keys("main/basebackup/"));
    keys.addAll(store.keys("main/basebackup_chunk/"));
    return keys;
  }

  /** The last object below a prefix. */
  ObjectKey last(String prefix) throws IOException {
    List<ObjectKey> keys = store.keys(prefix);
    return keys.get(keys.size() - 1);
  }

  void delete(ObjectKey key) throws IOException {
    if (!kept.containsKey(key)) {
      try (ObjectContent content = store.get(key)) {
        kept.put(key, new Kept(content));
      }
    }
    store.delete(key);
  }

  /** Changes one bit in the middle of an object. */
  void change(ObjectKey key) throws IOException {
    delete(key);
    putChanged(key);
  }

  /** Puts what was deleted, but for one bit in its middle. */
  void putChanged(ObjectKey key) throws IOException {
    byte[] bytes = was(key).bytes.clone();
    bytes[bytes.length / 2] ^= 1;
    store.put(key, was(key).metadata, new ByteArrayInputStream(bytes));
  }

  /** Puts what was deleted in place of what is there. */
  void putBack(ObjectKey key) throws IOException {
    store.delete(key);
    store.put(key, was(key).metadata, new ByteArrayInputStream(was(key).bytes));
  }

  private Kept was(ObjectKey key) {
    Kept was = kept.get(key);
    if (was == null) {
      throw new IllegalStateException(key + " was not deleted");
    }
    return was;
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
