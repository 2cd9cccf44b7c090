// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

/**
 * A key of pghoard.json and what becomes of it.
 *
 * @param answer for a key that is not read: what to do instead; "" for one that is
 */
record Key(String name, Fate fate, String answer) {
  /** What becomes of a key. */
  enum Fate {
    /** It is read. */
    READ,
    /** It was a key once, and something else takes its place. */
    GONE,
    /** It asks for something that a later release brings; null and false ask for nothing. */
    LATER,
    /** The same, where an empty object or list asks for nothing too. */
    LATER_UNLESS_EMPTY
  }

  static Key read(String name) {
    return new Key(name, Fate.READ, "");
  }

  static Key gone(String name, String answer) {
    return new Key(name, Fate.GONE, answer);
  }

  static Key later(String name, String answer) {
    return new Key(name, Fate.LATER, answer);
  }

  static Key laterUnlessEmpty(String name, String answer) {
    return new Key(name, Fate.LATER_UNLESS_EMPTY, answer);
  }
}
