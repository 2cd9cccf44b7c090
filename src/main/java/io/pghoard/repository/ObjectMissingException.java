// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

/** There is no object of this key. */
public final class ObjectMissingException extends PermanentStorageException {
  private static final long serialVersionUID = 1L;

  public ObjectMissingException(ObjectKey key) {
    super("there is no object with the key " + key);
  }
}
