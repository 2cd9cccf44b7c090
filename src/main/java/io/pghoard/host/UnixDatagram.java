// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket that sends datagrams to another one of this machine, which is what syslog and systemd
 * listen on. Java itself has unix sockets for streams only, so these are the C library's.
 *
 * <p>It is not connected: a receiver that went away and came back is simply there again.
 */
final class UnixDatagram implements DatagramTarget {
  // Linux's own numbers, the same on x86 and arm.
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDTIMEO = 21;
  private static final int MSG_NOSIGNAL = 0x4000;

  /** struct sockaddr_un has 108 bytes for the path, of which the last one is zero. */
  private static final int LONGEST_PATH = 107;

  /** Of a receiver that reads nothing. */
  private static final long PATIENCE_SECONDS = 1;

  private final C library;
  private final String path;
  private final byte[] address;
  private final int socket;
  private boolean closed;

  /** What is called of the C library. */
  interface C extends Library {
    int socket(int domain, int type, int protocol) throws LastErrorException;

    int setsockopt(int socket, int level, int option, byte[] value, int length)
        throws LastErrorException;

    NativeLong sendto(
        int socket, byte[] message, NativeLong length, int flags, byte[] address, int addressLength)
        throws LastErrorException;

    int close(int socket) throws LastErrorException;
  }

  /**
   * Opens a socket; whether anybody listens is found out when something is sent.
   *
   * @param path of the receiver's socket; with an @ before a name that is in no file system
   */
  UnixDatagram(String path) throws IOException {
    this.path = path;
    this.address = address(path);
    try {
      this.library = Native.load("c", C.class);
    } catch (LinkageError e) {
      throw new IOException("the C library cannot be called: " + e.getMessage(), e);
    }
    try {
      this.socket = library.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      // struct timeval: seconds and microseconds
      byte[] patience =
          ByteBuffer.allocate(16)
              .order(ByteOrder.nativeOrder())
              .putLong(PATIENCE_SECONDS)
              .putLong(0)
              .array();
      library.setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, patience, patience.length);
    } catch (LastErrorException e) {
      throw new IOException("cannot open a unix socket: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void send(byte[] message) throws IOException {
    if (closed) {
      throw new IOException("cannot send to " + path + ": it is closed");
    }
    try {
      NativeLong length = new NativeLong(message.length);
      library.sendto(socket, message, length, MSG_NOSIGNAL, address, address.length);
    } catch (LastErrorException e) {
      throw new IOException("cannot send to " + path + ": " + e.getMessage(), e);
    }
  }

  /** Once: the number may be another file's afterwards. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      library.close(socket);
    } catch (LastErrorException e) {
      // Nothing was buffered in it, and nobody can do anything about it.
      return;
    }
  }

  /** struct sockaddr_un: the family in two bytes, then the path. */
  private static byte[] address(String path) throws IOException {
    byte[] name = path.getBytes(UTF_8);
    if (name.length > LONGEST_PATH) {
      throw new IOException(path + " is too long for a unix socket: 107 bytes at most");
    }
    boolean inNoFileSystem = path.startsWith("@");
    ByteBuffer address =
        ByteBuffer.allocate(2 + name.length + (inNoFileSystem ? 0 : 1))
            .order(ByteOrder.nativeOrder())
            .putShort((short) AF_UNIX)
            .put(name);
    if (inNoFileSystem) {
      address.put(2, (byte) 0);
    }
    return address.array();
  }
}
