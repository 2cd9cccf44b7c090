// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A sink that takes nothing more once a write to it has failed, and whose close fails then. */
final class LatchedOutputStream extends OutputStream {
  private final OutputStream out;
  private @Nullable Throwable failure;

  LatchedOutputStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    refuseAfterFailure();
    try {
      out.write(bytes, offset, length);
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    refuseAfterFailure();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (out) {
      refuseAfterFailure();
    }
  }

  private void refuseAfterFailure() throws IOException {
    if (failure != null) {
      throw new IOException(
          "the compressed stream is not whole, as an earlier write failed: " + failure, failure);
    }
  }
}
