// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that fails where it would give more bytes than it may have: a few kilobytes that were
 * compressed can stand for terabytes.
 */
public final class LimitedInputStream extends FilterInputStream {
  private final long limit;
  private long count;

  /** There is more than there may be. */
  public static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(long limit) {
      super("its content has more than " + limit + " bytes");
    }
  }

  /**
   * @param limit the most bytes that it may give, from 0
   */
  public LimitedInputStream(InputStream in, long limit) {
    super(in);
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    if (next >= 0) {
      count(1);
    }
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int got = in.read(bytes, offset, length);
    if (got > 0) {
      count(got);
    }
    return got;
  }

  private void count(int more) throws TooLongException {
    count += more;
    if (count > limit) {
      throw new TooLongException(limit);
    }
  }

  /** Reads what it skips, so that it is counted. */
  @Override
  public long skip(long size) throws IOException {
    byte[] skipped = new byte[(int) Math.max(0, Math.min(size, 8192))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public synchronized void mark(int readLimit) {}

  @Override
  public synchronized void reset() throws IOException {
    throw new IOException("a stream that is counted cannot be read twice");
  }
}
