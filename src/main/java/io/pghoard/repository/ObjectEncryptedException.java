// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

/** An object is encrypted: it is whole as far as is known, and cannot be read here. */
public final class ObjectEncryptedException extends PermanentStorageException {
  private static final long serialVersionUID = 1L;

  /**
   * @param encryption what it is encrypted by
   */
  ObjectEncryptedException(ObjectKey key, String encryption) {
    super(
        "the object %s is encrypted with %s, which this pghoard cannot decrypt; restore it with the pghoard that stored it"
            .formatted(key, encryption));
  }
}
