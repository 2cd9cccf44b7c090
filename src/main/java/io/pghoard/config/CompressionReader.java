// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.CompressionConfig.Algorithm;
import io.pghoard.config.JsonValue.ObjectValue;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@code compression}: LZMA at level 0 unless it says otherwise, as promised in 2015. */
record CompressionReader(Section top) {
  private static final int THREADS = Math.min(Runtime.getRuntime().availableProcessors(), 16);

  /** The algorithms' own scales; snappy has none. */
  private static final Map<Algorithm, Range> LEVELS =
      Map.of(
          Algorithm.LZMA, new Range(0, 9),
          Algorithm.SNAPPY, new Range(0, 0),
          Algorithm.ZSTD, new Range(-131_072, 22));

  CompressionConfig read() {
    ObjectValue object = top.object("compression");
    if (object == null) {
      return new CompressionConfig(Algorithm.LZMA, 0, THREADS);
    }
    Section compression = new Section(object, Keys.COMPRESSION, top.problems());
    String name = compression.choice("algorithm", "lzma", List.of("lzma", "snappy", "zstd"));
    Algorithm algorithm = Algorithm.valueOf(name.toUpperCase(Locale.ROOT));
    Range levels = LEVELS.getOrDefault(algorithm, new Range(0, 0));
    return new CompressionConfig(
        algorithm,
        compression.whole("level", 0, levels),
        compression.whole("thread_count", THREADS, new Range(1, 256)));
  }
}
