// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;

/** A failure of a store that will be the same when the call is repeated. */
public class PermanentStorageException extends IOException {
  private static final long serialVersionUID = 1L;

  public PermanentStorageException(String message) {
    super(message);
  }

  public PermanentStorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
