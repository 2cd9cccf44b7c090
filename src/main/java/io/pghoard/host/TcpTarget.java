// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** A TCP port that takes messages as lines (RFC 6587, 3.4.2), connected anew after a failure. */
final class TcpTarget implements DatagramTarget {
  private static final int TIMEOUT_MILLIS = 5000;

  private final String host;
  private final int port;
  private volatile @Nullable Socket socket;
  private volatile boolean closed;

  TcpTarget(String host, int port) {
    this.host = host;
    this.port = port;
  }

  @Override
  public void send(byte[] message) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(message.length + 1);
    line.write(message);
    line.write('\n');
    try {
      Socket open = socket;
      if (open == null) {
        open = connect();
      }
      open.getOutputStream().write(line.toByteArray());
    } catch (IOException e) {
      drop();
      throw new IOException("cannot send to " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private Socket connect() throws IOException {
    Socket fresh = new Socket();
    // Known before it is connected, so that close() ends an attempt that hangs.
    socket = fresh;
    if (closed) {
      throw new IOException("it is closed");
    }
    fresh.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
    return fresh;
  }

  private void drop() throws IOException {
    Socket old = socket;
    socket = null;
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    drop();
  }
}
