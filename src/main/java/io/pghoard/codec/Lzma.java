// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;

/**
 * LZMA2 in the .xz container, worked on by several threads.
 *
 * <p>It writes what {@code xz -T} writes: one stream of several blocks, each with its sizes in its
 * header, and one index. One, because the Python pghoard stops reading after the first stream.
 *
 * <p>Memory: a stream holds at most {@code threads} + 2 blocks and what they become; a worker needs
 * the encoder's memory besides. A block has 1 MiB at level 0 (the encoder some 3 MiB) and 8 MiB
 * from level 3 (some 95 MiB from level 5), which bounds the dictionary as well.
 */
public final class Lzma implements Compression {
  private static final int SMALLEST_BLOCK = 1 << 20;
  private static final int LARGEST_BLOCK = 8 << 20;

  private final LZMA2Options options;
  private final XzWorkers workers;
  private final int blockSize;

  /**
   * An LZMA compression with its own workers.
   *
   * @param level the preset of xz, 0 to 9
   * @throws IllegalArgumentException if the level or the number of threads is out of range
   */
  public Lzma(int level, int threads) {
    this(preset(level), blockSize(preset(level)), threads);
  }

  /** One whose blocks are as small as a test wants them. */
  Lzma(LZMA2Options options, int blockSize, int threads) {
    this.options = options;
    this.blockSize = blockSize;
    workers = new XzWorkers(threads);
  }

  private static int blockSize(LZMA2Options options) {
    return Math.max(SMALLEST_BLOCK, Math.min(LARGEST_BLOCK, 2 * options.getDictSize()));
  }

  private static LZMA2Options preset(int level) {
    if (level < LZMA2Options.PRESET_MIN || level > LZMA2Options.PRESET_MAX) {
      throw new IllegalArgumentException("compression level of lzma is 0 to 9, not " + level);
    }
    try {
      LZMA2Options options = new LZMA2Options(level);
      // A dictionary beyond the block would cost memory and find nothing.
      options.setDictSize(Math.min(LARGEST_BLOCK, options.getDictSize()));
      return options;
    } catch (UnsupportedOptionsException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public CompressionAlgorithm algorithm() {
    return CompressionAlgorithm.LZMA;
  }

  @Override
  public OutputStream encode(OutputStream out) throws IOException {
    return new XzOutputStream(out, workers, new XzBlockEncoder(options, blockSize));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Accepts what {@code xz -d} accepts: several streams, and padding between them. Blocks that
   * say their sizes, as ours do, are decoded side by side.
   */
  @Override
  public InputStream decode(InputStream in) throws IOException {
    return new XzInputStream(in, new XzBlockDecoder(workers, LARGEST_BLOCK));
  }
}
