// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.util.List;

/** What can be asked which objects there are. */
public interface ObjectListing {
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
}
