// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.xerial.snappy.SnappyFramedInputStream;
import org.xerial.snappy.SnappyFramedOutputStream;

/**
 * Snappy in its framing format: a stream identifier, then pieces of 64 KiB at most, each with its
 * masked CRC32C.
 *
 * <p>The format has no end of its own: data cut off exactly between two pieces cannot be told from
 * whole ones, nor can a piece whose type was turned into one that readers skip. Who must know
 * compares the size with what the object's metadata says.
 */
public final class Snappy implements Compression {
  @Override
  public CompressionAlgorithm algorithm() {
    return CompressionAlgorithm.SNAPPY;
  }

  @Override
  public OutputStream encode(OutputStream out) throws IOException {
    LatchedOutputStream sink = new LatchedOutputStream(out);
    return new EncodingOutputStream(new SnappyFramedOutputStream(sink), sink);
  }

  @Override
  public InputStream decode(InputStream in) throws IOException {
    try {
      return new RefusingInputStream(
          new SnappyFramedInputStream(new SnappyFrames(in), true),
          name(),
          // It has none of its own: what the source throws is of another class, or about the same.
          e -> e.getClass() == IOException.class || e instanceof EOFException);
    } catch (IOException e) {
      throw RefusingInputStream.refusal(name(), e);
    }
  }
}
