// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;

/** A restore that cannot work, found out before anything was touched. */
public final class RestoreRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  public RestoreRefusedException(String message) {
    super(message);
  }

  public RestoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
