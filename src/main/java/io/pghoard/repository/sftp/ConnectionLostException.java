// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection has ended, or is silent, so that nobody knows whether the last request was done. */
final class ConnectionLostException extends IOException {
  private static final long serialVersionUID = 1L;

  ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
