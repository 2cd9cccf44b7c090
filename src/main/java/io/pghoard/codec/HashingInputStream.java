// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Counts and hashes the bytes that are read through it. */
public final class HashingInputStream extends FilterInputStream {
  private final MessageDigest digest;
  private long count;
  private @Nullable String hexDigest;

  /**
   * Reads {@code in} with a hash algorithm of {@link Hashing}.
   *
   * @throws IllegalArgumentException if the algorithm is not known
   */
  public HashingInputStream(InputStream in, String algorithm) {
    super(in);
    digest = Hashing.digest(algorithm);
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    if (b >= 0) {
      digest.update((byte) b);
      count++;
    }
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int size = in.read(bytes, offset, length);
    if (size > 0) {
      digest.update(bytes, offset, size);
      count += size;
    }
    return size;
  }

  /** Reads what it skips, so that the hash is that of all bytes. */
  @Override
  public long skip(long size) throws IOException {
    byte[] skipped = new byte[(int) Math.max(0, Math.min(size, 8192))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public synchronized void mark(int limit) {}

  @Override
  public synchronized void reset() throws IOException {
    throw new IOException("a stream that is hashed cannot be read twice");
  }

  /** How many bytes were read. */
  public long count() {
    return count;
  }

  /** The hash of the bytes read since the start, in lower case; it ends the hashing. */
  public String hexDigest() {
    if (hexDigest == null) {
      hexDigest = HexFormat.of().formatHex(digest.digest());
    }
    return hexDigest;
  }
}
