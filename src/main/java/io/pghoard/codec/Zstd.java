// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Zstandard: one frame of unknown content size with a checksum, worked on by zstd's own threads.
 *
 * <p>One frame, because the Python pghoard stops reading after the first. The memory of the workers
 * is outside of the Java heap.
 */
public final class Zstd implements Compression {
  private static final int JOB_SIZE = 2 << 20;

  private final int level;
  private final int threads;

  /**
   * A zstd compression.
   *
   * @param level zstd's own scale: -131072 (fastest) to 22; 0 is its default, 3
   * @throws IllegalArgumentException if the level or the number of threads is out of range
   */
  public Zstd(int level, int threads) {
    int lowest = com.github.luben.zstd.Zstd.minCompressionLevel();
    int highest = com.github.luben.zstd.Zstd.maxCompressionLevel();
    if (level < lowest || level > highest) {
      throw new IllegalArgumentException(
          "compression level of zstd is %d to %d, not %d".formatted(lowest, highest, level));
    }
    if (threads < 1) {
      throw new IllegalArgumentException("compression needs at least 1 thread, not " + threads);
    }
    this.level = level;
    this.threads = threads;
  }

  @Override
  public CompressionAlgorithm algorithm() {
    return CompressionAlgorithm.ZSTD;
  }

  @Override
  public OutputStream encode(OutputStream out) throws IOException {
    LatchedOutputStream sink = new LatchedOutputStream(out);
    ZstdOutputStreamNoFinalizer frame = new ZstdOutputStreamNoFinalizer(sink, level);
    frame.setChecksum(true);
    if (threads > 1) {
      frame.setWorkers(threads);
      frame.setJobSize(JOB_SIZE);
    }
    return new EncodingOutputStream(frame, sink);
  }

  @Override
  public InputStream decode(InputStream in) throws IOException {
    BufferedInputStream source = new BufferedInputStream(in);
    source.mark(1);
    // The library takes no bytes at all for whole data.
    if (source.read() < 0) {
      throw new IOException("the zstd data are truncated: there is not a single byte");
    }
    source.reset();
    return new RefusingInputStream(
        new ZstdInputStreamNoFinalizer(source), name(), ZstdIOException.class::isInstance);
  }
}
