// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

/**
 * The key of an object: slash-separated parts of printable ASCII, none of them empty, "." or "..",
 * none starting with a dot, none holding {@code .metadata}, which is the local store's own word.
 */
public record ObjectKey(String text) implements Comparable<ObjectKey> {
  private static final int LONGEST = 1000;

  public ObjectKey {
    if (!matches(text)) {
      throw new IllegalArgumentException(
          text.length() > LONGEST
              ? "object key of more than %d characters: %s..."
                  .formatted(LONGEST, text.substring(0, 200))
              : "not an object key: \"" + text + "\"");
    }
  }

  /** Whether this text is an object key. */
  public static boolean matches(String text) {
    if (text.length() > LONGEST) {
      return false;
    }
    for (String part : text.split("/", -1)) {
      if (part.isEmpty()
          || part.startsWith(".")
          || part.contains(".metadata")
          || !part.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\')) {
        return false;
      }
    }
    return true;
  }

  /** What follows the last slash. */
  public String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  @Override
  public int compareTo(ObjectKey other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
