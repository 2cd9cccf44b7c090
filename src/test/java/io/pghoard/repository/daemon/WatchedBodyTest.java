// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WatchedBodyTest {
  @Test
  void silence_wakesTheReader() throws IOException {
    CountDownLatch closed = new CountDownLatch(1);
    InputStream silent =
        new InputStream() {
          @Override
          public int read() throws IOException {
            try {
              closed.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            // As Java's HTTP client does for a reader of a body that was closed.
            return -1;
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    try (InputStream body = new WatchedBody(silent, Duration.ofMillis(1))) {
      assertThatThrownBy(body::read).hasMessageContaining("nothing arrived for");
    }
  }

  @Test
  void bytes_goThrough() throws IOException {
    try (InputStream body =
        new WatchedBody(new ByteArrayInputStream(new byte[3]), Duration.ofMinutes(1))) {
      assertThat(body.readAllBytes()).hasSize(3);
    }
  }
}
