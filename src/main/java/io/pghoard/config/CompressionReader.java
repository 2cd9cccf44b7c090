// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.codec.CompressionAlgorithm;
import io.pghoard.config.JsonValue.ObjectValue;

/** Reads {@code compression}: LZMA at level 0 unless it says otherwise, as promised in 2015. */
record CompressionReader(Section top) {
  private static final int THREADS = Math.min(Runtime.getRuntime().availableProcessors(), 16);

  CompressionConfig read() {
    ObjectValue object = top.object("compression");
    if (object == null) {
      return new CompressionConfig(CompressionAlgorithm.LZMA, 0, THREADS);
    }
    Section compression = new Section(object, Keys.COMPRESSION, top.problems());
    CompressionAlgorithm algorithm =
        CompressionAlgorithm.named(
            compression.choice(
                "algorithm", CompressionAlgorithm.LZMA.text(), CompressionAlgorithm.names()));
    Range levels = new Range(algorithm.lowestLevel(), algorithm.highestLevel());
    return new CompressionConfig(
        algorithm,
        compression.whole("level", 0, levels),
        compression.whole("thread_count", THREADS, new Range(1, 256)));
  }
}
