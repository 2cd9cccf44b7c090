// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

/**
 * How objects are compressed.
 *
 * @param level in the algorithm's own scale; snappy has none and ignores it
 * @param threads how many blocks are compressed side by side
 */
public record CompressionConfig(Algorithm algorithm, int level, int threads) {
  /** The algorithms by their names in pghoard.json and in the metadata of objects. */
  public enum Algorithm {
    LZMA,
    SNAPPY,
    ZSTD
  }
}
