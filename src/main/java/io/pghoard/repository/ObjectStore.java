// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * Where the objects of one site are kept. A store knows keys and bytes, and nothing of PostgreSQL.
 *
 * <p>An object is whole or absent, and never changes. What will not succeed when it is tried again
 * is a {@link PermanentStorageException}; every other IOException may pass.
 */
public interface ObjectStore {
  /**
   * Stores an object. When this returns, the object is durable.
   *
   * @param body read to its end and not closed; after a failure nothing of it can be seen
   * @throws ObjectExistsException when an object of this key is there; it is left as it is, and it
   *     is durable. Of several callers that put the same key at once, one succeeds
   */
  void put(ObjectKey key, Map<String, String> metadata, InputStream body) throws IOException;

  /**
   * Opens an object for reading.
   *
   * @throws ObjectMissingException when there is no object of this key
   */
  ObjectContent get(ObjectKey key) throws IOException;

  /**
   * All objects whose key starts with {@code prefix}, in the order of their keys. One whose
   * metadata cannot be read is listed without any.
   *
   * @param prefix any start of a key, "" for all; it need not end at a slash
   */
  List<StoredObject> list(String prefix) throws IOException;

  /**
   * The keys of all objects whose key starts with {@code prefix}, in order: for the many objects of
   * a WAL archive, whose metadata would fill the memory and cost a request each.
   */
  default List<ObjectKey> keys(String prefix) throws IOException {
    return list(prefix).stream().map(StoredObject::key).toList();
  }

  /** Deletes an object; one that is not there is no error. */
  default void delete(ObjectKey key) throws IOException {
    delete(List.of(key));
  }

  /**
   * Deletes objects in any order, many in one request where the store can. One that is not there is
   * no error; when one cannot be deleted, others may be left as well.
   */
  void delete(List<ObjectKey> keys) throws IOException;
}
