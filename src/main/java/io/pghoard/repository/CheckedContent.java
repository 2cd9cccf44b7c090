// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an object, compared at their end with the SHA-256 that they were stored with, or
 * with the size when the writer told no more. Where it told neither, nothing is compared.
 */
public final class CheckedContent extends InputStream {
  private final ObjectKey key;
  private final Sidecar sidecar;
  private final InputStream in;
  private final MessageDigest digest = sha256();
  private long count;
  private @Nullable IOException verdict;
  private boolean ended;

  CheckedContent(ObjectKey key, Sidecar sidecar, InputStream in) {
    this.key = key;
    this.sidecar = sidecar;
    this.in = in;
  }

  /** The bytes of an object whose hash and size its sidecar tells. */
  public static InputStream of(ObjectKey key, Sidecar sidecar, InputStream in) {
    return new CheckedContent(key, sidecar, in);
  }

  /**
   * The bytes of an object that a store on another machine gives back.
   *
   * @param sha256 that they were stored with, in hexadecimal, or null when the writer told none
   * @param size of the object as the store tells it
   */
  public static InputStream of(ObjectKey key, @Nullable String sha256, long size, InputStream in) {
    return new CheckedContent(key, new Sidecar(Map.of(), sha256, size), in);
  }

  /** A SHA-256 to compute. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      digest.update(buffer, offset, read);
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
    String hash = HexFormat.of().formatHex(digest.digest());
    String stored = sidecar.sha256();
    if (stored != null && !stored.equalsIgnoreCase(hash)) {
      return new ObjectDamagedException(
          "the object %s is damaged: its %d bytes have the SHA-256 %s, but those that were stored had %s"
              .formatted(key, count, hash, stored));
    }
    Long size = sidecar.size();
    if (stored == null && size != null && size != count) {
      return new ObjectDamagedException(
          "the object %s is damaged: it has %d bytes, but %d were stored"
              .formatted(key, count, size));
    }
    return null;
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
