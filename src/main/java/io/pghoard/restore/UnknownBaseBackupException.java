// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;

/** There is no base backup of this name, or no such part of it. */
public final class UnknownBaseBackupException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnknownBaseBackupException(String message) {
    super(message);
  }
}
