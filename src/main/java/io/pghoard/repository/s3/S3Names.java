// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.ObjectKey;
import java.util.Optional;

/**
 * The keys in the bucket of a store's objects.
 *
 * @param prefix of object_storage, without slashes at its ends; "" for none
 */
record S3Names(String prefix) {
  String name(ObjectKey key) {
    return start(key.text());
  }

  /** What the names begin with of all objects whose keys begin so. */
  String start(String ofKeys) {
    return prefix.isEmpty() ? ofKeys : prefix + "/" + ofKeys;
  }

  /** The object of a name; none for what is in the bucket besides. */
  Optional<ObjectKey> key(String name) {
    String start = start("");
    if (!name.startsWith(start) || !ObjectKey.matches(name.substring(start.length()))) {
      return Optional.empty();
    }
    return Optional.of(new ObjectKey(name.substring(start.length())));
  }
}
