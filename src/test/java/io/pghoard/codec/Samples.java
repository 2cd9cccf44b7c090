// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;

/** Bytes to compress, and the shortest ways to do it in a test. */
final class Samples {
  /** The size of the blocks of {@link #lzma}. */
  static final int BLOCK = 64 << 10;

  private Samples() {}

  /** LZMA in blocks that are small, so that a test with several of them is fast. */
  static Lzma lzma(int threads) {
    try {
      return new Lzma(new LZMA2Options(0), BLOCK, threads);
    } catch (UnsupportedOptionsException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** Words in random order: smaller by half or so, and different everywhere. */
  static byte[] compressible(int size) {
    Random random = new Random(size);
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) "segment timeline checkpoint ".charAt((i % 7) + random.nextInt(4) * 7);
    }
    return bytes;
  }

  static byte[] encode(Compression compression, byte[] plain) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream encoded = compression.encode(stored)) {
      encoded.write(plain);
    }
    return stored.toByteArray();
  }

  static byte[] decode(Compression compression, byte[] stored) throws IOException {
    try (InputStream decoded = compression.decode(new ByteArrayInputStream(stored))) {
      return decoded.readAllBytes();
    }
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
