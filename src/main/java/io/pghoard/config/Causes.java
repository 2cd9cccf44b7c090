// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

/** Tells what failed within what Camel wraps around it. */
public final class Causes {
  private Causes() {}

  /** The messages from the outside in. */
  public static String reason(Throwable failure) {
    StringBuilder text = new StringBuilder(FileFailure.reason(failure));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String message = FileFailure.reason(cause);
      if (cause.getMessage() != null && text.indexOf(message) < 0) {
        text.append(": ").append(message);
      }
    }
    return text.toString();
  }
}
