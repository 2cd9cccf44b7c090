// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import java.util.Locale;

/**
 * One thing that keeps a restore from succeeding, or may.
 *
 * @param about the key of an object, or the name of a base backup
 * @param marked whether the object is marked as damaged in the repository
 */
public record VerifyFinding(Kind kind, String about, String text, boolean marked) {
  /** What is wrong. */
  public enum Kind {
    /** An object is not what was stored, or holds something else than it should. */
    DAMAGED,
    /** An object is not in the repository. */
    MISSING,
    /** An object could not be read, and may be whole. */
    UNREADABLE,
    /** WAL is missing. */
    WAL_GAP,
    /** This version cannot restore the base backup. */
    UNSUPPORTED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String toString() {
    return kind.word().replace('_', ' ') + ": " + about + ": " + text;
  }
}
