// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.api.client.http.AbstractInputStreamContent;
import io.pghoard.repository.RereadableBody;
import java.io.IOException;
import java.io.InputStream;

/** Some bytes of a body as the content of a request, read from it while they are sent. */
final class BodyRange extends AbstractInputStreamContent {
  private final Attempt attempt;
  private final long from;
  private final long length;

  /**
   * What reads a body in one attempt to put it. A request whose time was over may still be reading
   * in its own thread when the body is read for the next attempt: so it ends with its attempt.
   */
  static final class Attempt {
    private final RereadableBody body;
    private boolean over;

    Attempt(RereadableBody body) {
      this.body = body;
    }

    synchronized void end() {
      over = true;
    }

    private synchronized void seek(long position) throws IOException {
      refuseOver();
      body.rewind();
      body.stream().skipNBytes(position);
    }

    private synchronized int read(byte[] buffer, int offset, int count) throws IOException {
      refuseOver();
      return body.stream().read(buffer, offset, count);
    }

    private void refuseOver() throws IOException {
      if (over) {
        throw new IOException("given up");
      }
    }
  }

  BodyRange(Attempt attempt, long from, long length) {
    super("application/octet-stream");
    this.attempt = attempt;
    this.from = from;
    this.length = length;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    attempt.seek(from);
    return new InputStream() {
      private long left = length;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] buffer, int offset, int count) throws IOException {
        if (left == 0) {
          return -1;
        }
        int read = attempt.read(buffer, offset, (int) Math.min(count, left));
        left -= Math.max(0, read);
        return read;
      }
    };
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public boolean retrySupported() {
    return true;
  }
}
