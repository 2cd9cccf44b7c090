// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer, sent in the thread of the caller and no faster than the client reads. An
 * answer that was not {@link #finish}ed when it is closed has its connection cut, so that no client
 * takes it for whole.
 *
 * <p>Camel's own writer of answers waits for a client that has left, with the file open.
 */
final class HttpOutput extends OutputStream {
  private static final int PIECE = 1 << 16;
  private static final long CUT_MILLIS = 10_000;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final long patienceMillis;
  private final byte[] piece = new byte[PIECE];
  private int filled;
  private boolean whole;
  private boolean gone;

  /** The client has left, or does not read what it asked for. */
  static final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(String message) {
      super(message);
    }
  }

  /**
   * The body of the answer to a request, whose headers are set by {@link #response}.
   *
   * @param patienceMillis how long a client may take until it has read a piece
   */
  HttpOutput(HttpServerRequest request, long patienceMillis) {
    this.request = request;
    this.response = request.response();
    this.patienceMillis = patienceMillis;
  }

  HttpServerResponse response() {
    return response;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int some = Math.min(end - at, PIECE - filled);
      System.arraycopy(bytes, at, piece, filled, some);
      filled += some;
      at += some;
      if (filled == PIECE) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    if (response.closed()) {
      gone = true;
      throw new ClientGoneException("the client has left");
    }
    if (filled > 0) {
      response.write(Buffer.buffer(filled).appendBytes(piece, 0, filled));
      filled = 0;
      awaitRoom();
    }
  }

  /** Whether a write failed because nobody reads any more. */
  boolean clientIsGone() {
    return gone;
  }

  /** The body is whole. */
  void finish() throws IOException {
    flush();
    whole = true;
  }

  private void awaitRoom() throws IOException {
    Semaphore drained = new Semaphore(0);
    response.drainHandler(ready -> drained.release());
    long began = System.nanoTime();
    try {
      while (response.writeQueueFull()
          && !response.closed()
          && !drained.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(patienceMillis)) {
          gone = true;
          throw new ClientGoneException("the client does not read the answer");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while an answer was being sent");
    }
  }

  /** Ends the answer; or the connection, when the answer is not whole. */
  @Override
  public void close() {
    if (!whole) {
      cut();
    }
    if (!response.ended()) {
      response.end();
    }
  }

  /** At once: Vert.x would first send what waits to be sent, and nobody reads it. */
  private void cut() {
    if (request.connection() instanceof ConnectionBase connection) {
      // The end that follows must not be sent as well: it would make a whole answer of a part.
      var unused = connection.channel().close().awaitUninterruptibly(CUT_MILLIS);
    } else {
      request.connection().close();
    }
  }
}
