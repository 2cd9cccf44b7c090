// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An object's metadata as Google keeps it, with what this store adds for itself. */
record GoogleMetadata(Map<String, String> stored) {
  private static final String HASH = "_hash";
  private static final String PUT = "_put";

  /** What the Python pghoard adds for itself. */
  private static final String LENGTH = "content-length";

  /** Of an object, as an answer has them: null for none. */
  static GoogleMetadata of(@Nullable Map<String, String> stored) {
    return new GoogleMetadata(stored == null ? Map.of() : stored);
  }

  /**
   * The metadata to store.
   *
   * @param sha256 of the bytes, in hexadecimal
   * @param put names this call of put, so that its repetition knows its own object
   */
  static GoogleMetadata of(Map<String, String> metadata, String sha256, String put) {
    Map<String, String> stored = new TreeMap<>(metadata);
    stored.put(HASH, sha256);
    stored.put(PUT, put);
    return new GoogleMetadata(stored);
  }

  /** The metadata as it was put. */
  Map<String, String> plain() {
    Map<String, String> plain = new TreeMap<>(stored);
    plain
        .keySet()
        .removeIf(
            key ->
                key.equals(HASH) || key.equals(PUT) || key.toLowerCase(Locale.ROOT).equals(LENGTH));
    return plain;
  }

  /** The SHA-256 of the stored bytes, or null where another program wrote them. */
  @Nullable String sha256() {
    return stored.get(HASH);
  }

  boolean isOf(String put) {
    return put.equals(stored.get(PUT));
  }
}
