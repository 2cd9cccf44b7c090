// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import io.pghoard.config.SiteName;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is to be read back.
 *
 * @param backup the name of a base backup, or {@link #LATEST}
 * @param all whether every base backup is read, whatever {@code backup} says
 * @param wal whether the WAL is read too, from the start of the first of them on
 * @param marks whether what is damaged is marked in the repository
 */
public record VerifyRequest(SiteName site, String backup, boolean all, boolean wal, boolean marks) {
  public static final String LATEST = "latest";

  private static final Set<String> KNOWN = new TreeSet<>(Set.of("all", "basebackup", "wal"));

  /**
   * Reads the body of a request.
   *
   * @throws IllegalArgumentException when a word is unknown or of the wrong kind
   */
  public static VerifyRequest parse(SiteName site, Map<String, ? extends @Nullable Object> words) {
    for (String word : words.keySet()) {
      if (!KNOWN.contains(word)) {
        throw new IllegalArgumentException(
            "a verification has no \"%s\"; it has %s".formatted(word, String.join(", ", KNOWN)));
      }
    }
    Object backup = words.get("basebackup");
    if (backup != null && !(backup instanceof String)) {
      throw new IllegalArgumentException("basebackup must be a string, not " + backup);
    }
    if (backup != null && flag(words, "all")) {
      throw new IllegalArgumentException("basebackup and all exclude each other");
    }
    return new VerifyRequest(
        site,
        backup == null ? LATEST : (String) backup,
        flag(words, "all"),
        flag(words, "wal"),
        true);
  }

  private static boolean flag(Map<String, ? extends @Nullable Object> words, String word) {
    Object value = words.get(word);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw new IllegalArgumentException(word + " must be true or false, not " + value);
  }
}
