// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpEntity;
import org.apache.http.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that can be left in its middle: the client would read it to its end when it
 * is closed, gigabytes or not, to use the connection again.
 */
final class AbandonableEntity extends HttpEntityWrapper {
  /** So much is read on: mostly it is the end. */
  private static final int LITTLE = 1 << 16;

  private final HttpClientConnection connection;
  private @Nullable InputStream content;

  AbandonableEntity(HttpEntity wrapped, HttpClientConnection connection) {
    super(wrapped);
    this.connection = connection;
  }

  @Override
  public InputStream getContent() throws IOException {
    if (content == null) {
      content = new Content(super.getContent(), getContentLength());
    }
    return content;
  }

  private final class Content extends FilterInputStream {
    private long left;
    private boolean ended;

    /**
     * The bytes.
     *
     * @param length negative where the answer does not tell it
     */
    Content(InputStream in, long length) {
      super(in);
      this.left = length < 0 ? Long.MAX_VALUE : length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      ended |= read < 0;
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      byte[] rest = new byte[LITTLE];
      for (int count = 0; !isComplete() && available() > 0 && count < LITTLE; ) {
        count += Math.max(0, read(rest, 0, LITTLE));
      }
      if (isComplete()) {
        super.close();
      } else {
        connection.shutdown();
      }
    }

    private boolean isComplete() {
      return ended || left == 0;
    }
  }
}
