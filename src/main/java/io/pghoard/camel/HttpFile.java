// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.archive.FetchedWal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends a WAL file as the answer to a request, in the thread of the caller and no faster than the
 * client reads, and lets go of the file whatever the client does.
 *
 * <p>Camel's own writer of answers waits for a client that has left, with the file open.
 */
record HttpFile(HttpServerRequest request, long patienceMillis) {
  private static final int PIECE = 1 << 16;

  void send(FetchedWal file) throws IOException {
    HttpServerResponse response = request.response();
    try (InputStream in = file.open()) {
      if (response.closed()) {
        return;
      }
      response
          .setStatusCode(200)
          .putHeader("Content-Type", "application/octet-stream")
          .putHeader("Content-Length", Long.toString(file.size()))
          .putHeader("metadata-hash", file.hash())
          .putHeader("metadata-hash-algorithm", file.hashAlgorithm());
      byte[] piece = new byte[PIECE];
      for (int read; (read = in.read(piece)) >= 0 && !response.closed(); ) {
        response.write(Buffer.buffer(read).appendBytes(piece, 0, read));
        if (!isRead(response)) {
          cut();
          return;
        }
      }
    } catch (IOException e) {
      // The client sees that the file is not whole.
      cut();
      throw e;
    } finally {
      if (!response.ended()) {
        response.end();
      }
    }
  }

  /** Whether there is room for more, sooner or later. */
  private boolean isRead(HttpServerResponse response) throws InterruptedIOException {
    Semaphore drained = new Semaphore(0);
    response.drainHandler(ready -> drained.release());
    long began = System.nanoTime();
    try {
      while (response.writeQueueFull()
          && !response.closed()
          && !drained.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(patienceMillis)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while a file was being sent");
    }
  }

  /** At once: Vert.x would first send what waits to be sent, and nobody reads it. */
  private void cut() {
    if (request.connection() instanceof ConnectionBase connection) {
      var unused = connection.channel().close();
    } else {
      request.connection().close();
    }
  }
}
