// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

/** A UDP port, whose name is looked up each time: it may move. */
final class UdpTarget implements DatagramTarget {
  private final String host;
  private final int port;
  private final DatagramSocket socket;

  UdpTarget(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    // Not connected: of a closed port one hears by chance, or never.
    this.socket = new DatagramSocket();
  }

  @Override
  public void send(byte[] message) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("the name " + host + " is not known");
    }
    socket.send(new DatagramPacket(message, message.length, address));
  }

  @Override
  public void close() {
    socket.close();
  }
}
