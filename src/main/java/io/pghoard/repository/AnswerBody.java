// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a store's answer. What its client throws is classified, and not tried again in the
 * middle: whoever reads starts over, or says that it failed.
 */
public final class AnswerBody extends FilterInputStream {
  private final Failure failure;
  private final End end;
  private long count;
  private boolean ended;

  /** Classifies what a read failed with. */
  public interface Failure {
    IOException of(String read, Exception cause);
  }

  /** Closes the answer. */
  public interface End {
    /** Of a body that was not read to its end, the rest may be gigabytes, which are not read. */
    void close(boolean whole) throws IOException;
  }

  /** A body that is closed like any stream. */
  public AnswerBody(InputStream in, Failure failure) {
    this(in, failure, whole -> in.close());
  }

  public AnswerBody(InputStream in, Failure failure, End end) {
    super(in);
    this.failure = failure;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int read = in.read(buffer, offset, length);
      count += Math.max(0, read);
      ended |= read < 0;
      return read;
    } catch (IOException | RuntimeException e) {
      throw failure.of("after %d bytes".formatted(count), e);
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() throws IOException {
    end.close(ended);
  }
}
