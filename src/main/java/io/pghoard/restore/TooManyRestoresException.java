// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;

/** As many restores as may run at once over HTTP do so already. */
public final class TooManyRestoresException extends IOException {
  private static final long serialVersionUID = 1L;

  TooManyRestoresException(int running) {
    super("%d restores over HTTP are running already, and no more at a time".formatted(running));
  }

  public String remedy() {
    return "wait until one has ended, cancel one, or use pghoard_restore on the host; pghoard.restore.processes in application.properties says how many";
  }
}
