// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an object was made of its plain bytes, as its metadata say; what they do not say is null.
 *
 * @param compression the name of its algorithm
 * @param encryption what it is encrypted by, in words
 * @param plainSize how many plain bytes it has
 */
public record Encoding(
    @Nullable String compression, @Nullable String encryption, @Nullable Long plainSize) {
  /** The name of the algorithm that an object is compressed by. */
  public static final String COMPRESSION = "compression-algorithm";

  /** How many plain bytes an object has. */
  public static final String PLAIN_SIZE = "original-file-size";

  /** The Python pghoard's: which of the site's keys an object is encrypted with. */
  private static final String KEY_ID = "encryption-key-id";

  private static final String ENCRYPTION = "encryption-algorithm";

  public static Encoding of(Map<String, String> metadata) {
    String size = metadata.get(PLAIN_SIZE);
    return new Encoding(
        metadata.get(COMPRESSION),
        encryption(metadata.get(KEY_ID), metadata.get(ENCRYPTION)),
        size != null && size.matches("[0-9]{1,18}") ? Long.valueOf(size) : null);
  }

  private static @Nullable String encryption(@Nullable String keyId, @Nullable String algorithm) {
    if (keyId == null) {
      return algorithm;
    }
    return "key id " + keyId + (algorithm == null ? "" : " (" + algorithm + ")");
  }

  public boolean isEncrypted() {
    return encryption != null;
  }

  /** The metadata of the same bytes when they are to be read as they are stored. */
  public static Map<String, String> asStored(Map<String, String> metadata) {
    Map<String, String> rest = new HashMap<>(metadata);
    rest.keySet().removeAll(List.of(COMPRESSION, KEY_ID, ENCRYPTION));
    return rest;
  }
}
