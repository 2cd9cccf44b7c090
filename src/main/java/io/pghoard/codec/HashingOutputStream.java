// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Counts and hashes the bytes that are written through it. */
public final class HashingOutputStream extends FilterOutputStream {
  private final MessageDigest digest;
  private long count;
  private @Nullable String hexDigest;

  /**
   * Writes to {@code out} with a hash algorithm of {@link Hashing}.
   *
   * @throws IllegalArgumentException if the algorithm is not known
   */
  public HashingOutputStream(OutputStream out, String algorithm) {
    super(out);
    digest = Hashing.digest(algorithm);
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    digest.update((byte) b);
    count++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    digest.update(bytes, offset, length);
    count += length;
  }

  /** How many bytes were written. */
  public long count() {
    return count;
  }

  /** The hash of the bytes written since the start, in lower case; it ends the hashing. */
  public String hexDigest() {
    if (hexDigest == null) {
      hexDigest = HexFormat.of().formatHex(digest.digest());
    }
    return hexDigest;
  }
}
