// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A hash algorithm by its name in Python's hashlib, which pghoard.json and the metadata of objects
 * use: sha1, sha256, ...
 */
public final class Hashing {
  private static final Map<String, String> JCA_NAMES =
      new TreeMap<>(
          Map.of(
              "md5", "MD5",
              "sha1", "SHA-1",
              "sha224", "SHA-224",
              "sha256", "SHA-256",
              "sha384", "SHA-384",
              "sha512", "SHA-512",
              "sha3_256", "SHA3-256",
              "sha3_384", "SHA3-384",
              "sha3_512", "SHA3-512"));

  private Hashing() {}

  /**
   * A fresh digest.
   *
   * @throws IllegalArgumentException if the name is not known
   */
  public static MessageDigest digest(String algorithm) {
    String jcaName = JCA_NAMES.get(algorithm);
    if (jcaName == null) {
      throw new IllegalArgumentException(
          "unknown hash algorithm \"" + algorithm + "\": use one of " + JCA_NAMES.keySet());
    }
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + jcaName, e);
    }
  }
}
