// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A library's encoder whose close closes the sink even if the end cannot be written. */
final class EncodingOutputStream extends FilterOutputStream {
  private final LatchedOutputStream sink;

  EncodingOutputStream(OutputStream encoder, LatchedOutputStream sink) {
    super(encoder);
    this.sink = sink;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      sink.close();
    }
  }
}
