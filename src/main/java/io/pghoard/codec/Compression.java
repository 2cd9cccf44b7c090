// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A way to make a stream of bytes smaller, and back. */
public sealed interface Compression permits Lzma, Snappy, Zstd {
  CompressionAlgorithm algorithm();

  /** The name in pghoard.json and in the metadata of objects. */
  default String name() {
    return algorithm().text();
  }

  /**
   * Compresses what is written to the stream that this gives. Its close finishes the format and
   * closes {@code out}; without it {@code out} does not hold a whole object. After a failed write
   * nothing more reaches {@code out}, and close fails too.
   */
  OutputStream encode(OutputStream out) throws IOException;

  /**
   * Gives the plain bytes of {@code in}. The end of the stream is told only after the format's own
   * end was read and its checks hold; data that are truncated, damaged or followed by something
   * else are an {@link IOException} that says so. Close closes {@code in}.
   */
  InputStream decode(InputStream in) throws IOException;

  /**
   * The compression of an algorithm.
   *
   * <p>Its workers and buffers serve all its streams: keep it rather than making one a stream.
   *
   * @param level in the algorithm's own scale; snappy has none and ignores it
   * @param threads how many blocks of a stream are worked on side by side, from 1
   * @throws IllegalArgumentException if the level or the number of threads is out of range
   */
  static Compression of(CompressionAlgorithm algorithm, int level, int threads) {
    return switch (algorithm) {
      case LZMA -> new Lzma(level, threads);
      case SNAPPY -> new Snappy();
      case ZSTD -> new Zstd(level, threads);
    };
  }

  /** The same for the name of an algorithm. */
  static Compression named(String algorithm, int level, int threads) {
    return of(CompressionAlgorithm.named(algorithm), level, threads);
  }
}
