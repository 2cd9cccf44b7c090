// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** The checksum of one file as it is written, by the algorithm that a backup_manifest names. */
sealed interface FileDigest {
  void update(byte[] bytes, int offset, int length);

  /** The checksum's bytes, in the manifest's order. */
  byte[] finish();

  /**
   * Starts a checksum.
   *
   * @throws IllegalArgumentException when the algorithm is none of PostgreSQL's
   */
  static FileDigest of(String algorithm) {
    try {
      return switch (algorithm) {
        case "NONE" -> new None();
        case "CRC32C" -> new Crc(new CRC32C());
        case "SHA224" -> new Sha(MessageDigest.getInstance("SHA-224"));
        case "SHA256" -> new Sha(MessageDigest.getInstance("SHA-256"));
        case "SHA384" -> new Sha(MessageDigest.getInstance("SHA-384"));
        case "SHA512" -> new Sha(MessageDigest.getInstance("SHA-512"));
        default ->
            throw new IllegalArgumentException(
                "the backup manifest has a checksum of an unknown kind: " + algorithm);
      };
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java 17 has the SHA-2 family", e);
    }
  }

  /** No checksum was asked for when the backup was taken. */
  record None() implements FileDigest {
    @Override
    public void update(byte[] bytes, int offset, int length) {}

    @Override
    public byte[] finish() {
      return new byte[0];
    }
  }

  /** CRC-32C, its four bytes as they lay in the server's memory: little-endian. */
  record Crc(CRC32C crc) implements FileDigest {
    @Override
    public void update(byte[] bytes, int offset, int length) {
      crc.update(bytes, offset, length);
    }

    @Override
    public byte[] finish() {
      return ByteBuffer.allocate(4)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt((int) crc.getValue())
          .array();
    }
  }

  /** One of the SHA-2 family. */
  record Sha(MessageDigest digest) implements FileDigest {
    @Override
    public void update(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
    }

    @Override
    public byte[] finish() {
      return digest.digest();
    }
  }
}
