// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import java.io.IOException;

/** A drill has found that a restore would not do, or cannot be made here. */
public final class DrillFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  public DrillFailedException(String message) {
    super(message);
  }
}
