// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.codec.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an object, compared at their end with what is known of those that were stored. Where
 * nothing is known, nothing is compared.
 */
public final class CheckedContent extends InputStream {
  private final ObjectKey key;
  private final Expected expected;
  private final InputStream in;
  private final MessageDigest sha256 = sha256();
  private final CRC32C crc32c = new CRC32C();
  private long count;
  private @Nullable IOException verdict;
  private boolean ended;

  /**
   * What is known of the bytes of an object; what is not known is null.
   *
   * @param sha256 that they were stored with, in hexadecimal
   * @param size of the stored object, which is compared where there is no hash
   * @param announced by the answer that brings them: fewer were cut short, and may come whole later
   * @param crc32c as the store has it, in base 64 of its four bytes
   */
  public record Expected(
      @Nullable String sha256,
      @Nullable Long size,
      @Nullable Long announced,
      @Nullable String crc32c) {
    public static Expected of(@Nullable String sha256, @Nullable Long size) {
      return new Expected(sha256, size, null, null);
    }
  }

  public CheckedContent(ObjectKey key, Expected expected, InputStream in) {
    this.key = key;
    this.expected = expected;
    this.in = in;
  }

  /** The bytes of an object whose hash and size its sidecar tells. */
  public static InputStream of(ObjectKey key, Sidecar sidecar, InputStream in) {
    return new CheckedContent(key, Expected.of(sidecar.sha256(), sidecar.size()), in);
  }

  /** A SHA-256 to compute. */
  public static MessageDigest sha256() {
    return Hashing.digest("sha256");
  }

  /** As Google writes it: the bytes of the number, the highest first. */
  public static String base64(CRC32C crc) {
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = ended ? -1 : in.read(buffer, offset, length);
    if (read > 0) {
      sha256.update(buffer, offset, read);
      if (expected.crc32c() != null) {
        crc32c.update(buffer, offset, read);
      }
      count += read;
    } else if (read < 0) {
      end();
    }
    return read;
  }

  /** Judges once; a reader that asks again gets the same answer. */
  private void end() throws IOException {
    if (!ended) {
      ended = true;
      verdict = judge();
    }
    if (verdict != null) {
      throw verdict;
    }
  }

  private @Nullable IOException judge() {
    if (expected.announced() != null && expected.announced() != count) {
      return new IOException(
          "the answer for %s is cut short: %d bytes of %d came"
              .formatted(key, count, expected.announced()));
    }
    if (expected.crc32c() != null && !expected.crc32c().equals(base64(crc32c))) {
      return damaged("CRC32C", base64(crc32c), expected.crc32c());
    }
    String hash = HexFormat.of().formatHex(sha256.digest());
    if (expected.sha256() != null) {
      return expected.sha256().equalsIgnoreCase(hash)
          ? null
          : damaged("SHA-256", hash, expected.sha256());
    }
    if (expected.size() != null && expected.size() != count) {
      return new ObjectDamagedException(
          "the object %s is damaged: it has %d bytes, but %d were stored"
              .formatted(key, count, expected.size()));
    }
    return null;
  }

  private ObjectDamagedException damaged(String algorithm, String found, String stored) {
    return new ObjectDamagedException(
        "the object %s is damaged: its %d bytes have the %s %s, but those that were stored had %s"
            .formatted(key, count, algorithm, found, stored));
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
