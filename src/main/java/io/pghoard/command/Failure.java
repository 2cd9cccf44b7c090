// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

/** What a failure says to somebody at a terminal. */
final class Failure {
  private Failure() {}

  /** The messages from the outside in, each once; the class where there is no message. */
  static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
      if (text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(message);
      }
    }
    return text.toString();
  }
}
