// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.codec.CompressionAlgorithm;

/**
 * How objects are compressed.
 *
 * @param level in the algorithm's own scale; snappy has none and ignores it
 * @param threads how many blocks are compressed side by side
 */
public record CompressionConfig(CompressionAlgorithm algorithm, int level, int threads) {}
