// SPDX-License-Identifier: Apache-2.0
package io.pghoard.check;

/** How a check ended. */
public enum Outcome {
  /** It is as it has to be. */
  OK("ok"),
  /** It works, and should be looked at. */
  WARNING("warning"),
  /** It could not be found out, so that nothing is said of it. */
  UNKNOWN("unknown"),
  /** It keeps the site from being backed up or restored. */
  FAILED("FAILED");

  private final String word;

  Outcome(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
