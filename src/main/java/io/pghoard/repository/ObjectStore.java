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
public interface ObjectStore extends ObjectListing {
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
