// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.codec.HashingInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A stream that tells the hash of all it has given, before it gives its end. */
final class HashedContent extends FilterInputStream {
  /** Told the hash in hexadecimal digits; may refuse it. */
  @FunctionalInterface
  interface Listener {
    void end(String hash) throws IOException;
  }

  private final HashingInputStream hashing;
  private final Listener listener;

  HashedContent(HashingInputStream hashing, Listener listener) {
    super(hashing);
    this.hashing = hashing;
    this.listener = listener;
  }

  /**
   * Wraps a stream.
   *
   * @throws IOException when the algorithm is not known
   */
  static HashingInputStream hashing(InputStream in, String algorithm) throws IOException {
    try {
      return new HashingInputStream(in, algorithm);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Reads a stream to its end, closes it, and returns the hash of what was in it. */
  static String of(InputStream in, String algorithm) throws IOException {
    try (in;
        HashingInputStream hashing = hashing(in, algorithm)) {
      hashing.transferTo(OutputStream.nullOutputStream());
      return hashing.hexDigest();
    }
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    if (next < 0) {
      listener.end(hashing.hexDigest());
    }
    return next;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    if (read < 0) {
      listener.end(hashing.hexDigest());
    }
    return read;
  }
}
