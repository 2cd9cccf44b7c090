// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An object's metadata as S3 keeps it: in HTTP headers, which hold ASCII, and with what this store
 * adds for itself. Values that are plain ASCII stay as they are, for the Python pghoard; the others
 * are percent-encoded and named in {@value #ENCODED}.
 *
 * <p>Our names begin with {@code pghoard-} and not with an underscore: proxies in front of S3
 * servers drop headers with one, and a signed header that is gone is a wrong signature.
 */
record S3Metadata(Map<String, String> stored) {
  private static final String OURS = "pghoard-";
  private static final String SHA256 = OURS + "sha256";
  private static final String PUT = OURS + "put";
  private static final String ENCODED = OURS + "encoded";

  /** What the Python pghoard adds to every object. */
  private static final String LENGTH = "content-length";

  S3Metadata {
    stored = Map.copyOf(stored);
  }

  /**
   * The metadata to store.
   *
   * @param put names this call of put, so that its repetition knows its own object
   * @throws IllegalArgumentException for a key that begins as this store's own, and would be lost
   */
  static S3Metadata of(Map<String, String> metadata, String sha256, String put) {
    Map<String, String> stored = new HashMap<>();
    TreeSet<String> encoded = new TreeSet<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(OURS)) {
            throw new IllegalArgumentException("the store's own keys begin like " + key);
          }
          if (survives(value)) {
            stored.put(key, value);
          } else {
            encoded.add(key);
            stored.put(key, encode(value));
          }
        });
    stored.put(SHA256, sha256);
    stored.put(PUT, put);
    if (!encoded.isEmpty()) {
      stored.put(ENCODED, String.join(",", encoded));
    }
    return new S3Metadata(stored);
  }

  /** The metadata as it was put. */
  Map<String, String> plain() {
    List<String> encoded = List.of(stored.getOrDefault(ENCODED, "").split(",", -1));
    Map<String, String> plain = new LinkedHashMap<>();
    stored.forEach(
        (key, value) -> {
          if (!key.startsWith(OURS) && !key.toLowerCase(Locale.ROOT).equals(LENGTH)) {
            plain.put(key, encoded.contains(key) ? decode(value) : value);
          }
        });
    return plain;
  }

  /** The SHA-256 of the stored bytes, or null where another program wrote them. */
  @Nullable String sha256() {
    return stored.get(SHA256);
  }

  boolean isOf(String put) {
    return put.equals(stored.get(PUT));
  }

  /** Whether a header gives this value back: signatures fold blanks, and only ASCII is sure. */
  private static boolean survives(String value) {
    return value.chars().allMatch(c -> c >= ' ' && c < 127)
        && value.equals(value.strip())
        && !value.contains("  ");
  }

  private static String encode(String value) {
    StringBuilder text = new StringBuilder();
    for (byte one : value.getBytes(UTF_8)) {
      if (one > ' ' && one < 127 && one != '%') {
        text.append((char) one);
      } else {
        text.append('%').append(String.format("%02X", one));
      }
    }
    return text.toString();
  }

  private static String decode(String value) {
    byte[] bytes = new byte[value.length()];
    int length = 0;
    for (int at = 0; at < value.length(); at++) {
      char c = value.charAt(at);
      if (c == '%' && at + 2 < value.length()) {
        bytes[length++] = (byte) Integer.parseInt(value, at + 1, at + 3, 16);
        at += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return new String(bytes, 0, length, UTF_8);
  }
}
