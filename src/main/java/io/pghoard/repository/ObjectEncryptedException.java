// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

/** An object is encrypted: it is whole as far as is known, and cannot be read here. */
public final class ObjectEncryptedException extends PermanentStorageException {
  private static final long serialVersionUID = 1L;

  /**
   * @param object as the message is to call it
   * @param encryption what it is encrypted by
   */
  ObjectEncryptedException(String object, String encryption) {
    super(
        "%s is encrypted with %s, which this pghoard cannot decrypt; restore it with the pghoard that stored it"
            .formatted(object, encryption));
  }
}
