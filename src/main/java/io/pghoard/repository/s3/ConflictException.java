// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.ObjectKey;
import java.io.IOException;

/** An object was seen where one is being put; whose it is has to be looked at. */
final class ConflictException extends IOException {
  private static final long serialVersionUID = 1L;

  ConflictException(ObjectKey key) {
    super("an object with the key " + key + " is there");
  }
}
