// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.codec.Hashing;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The hashes that S3 knows objects by. */
final class Hashes {
  private Hashes() {}

  static byte[] md5(byte[] bytes, int length) {
    MessageDigest digest = Hashing.digest("md5");
    digest.update(bytes, 0, length);
    return digest.digest();
  }

  /** As Content-MD5 has it. */
  static String base64(byte[] hash) {
    return Base64.getEncoder().encodeToString(hash);
  }

  static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  /** The ETag that S3 gives an object of these parts: the MD5 of their MD5s, and their number. */
  static String etag(List<byte[]> md5s) {
    MessageDigest digest = Hashing.digest("md5");
    md5s.forEach(digest::update);
    return hex(digest.digest()) + "-" + md5s.size();
  }

  /** An ETag as every server should send it: some quote it, some do not. */
  static String unquoted(String etag) {
    return etag.replace("\"", "");
  }
}
