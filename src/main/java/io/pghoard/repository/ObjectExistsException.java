// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

/** An object of this key is there already, and was left as it is. */
public final class ObjectExistsException extends PermanentStorageException {
  private static final long serialVersionUID = 1L;

  public ObjectExistsException(ObjectKey key) {
    super("an object with the key " + key + " already exists");
  }
}
