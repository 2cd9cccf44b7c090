// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import java.io.IOException;

/** A base backup was asked for that is not begun now; the message says whether it will be later. */
public final class BaseBackupNotNowException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  BaseBackupNotNowException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** What the administrator is to do about it. */
  public String remedy() {
    return remedy;
  }
}
