// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.config.FileFailure;

/** What a failure says to somebody at a terminal. */
final class Failure {
  private Failure() {}

  /** The messages from the outside in, each once; the class where there is no message. */
  static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = FileFailure.reason(cause);
      // What wraps a failure of a file often repeats its bare path.
      if (text.indexOf(message) < 0 && !isRepeated(cause)) {
        text.append(text.isEmpty() ? "" : ": ").append(message);
      }
    }
    return text.toString();
  }

  /** Whether a message is nothing but that of the cause. */
  private static boolean isRepeated(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause != null
        && failure.getMessage() != null
        && (failure.getMessage().equals(cause.getMessage())
            || failure.getMessage().equals(cause.toString()));
  }
}
