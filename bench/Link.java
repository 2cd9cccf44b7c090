// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A link of so many bytes a second: all that comes back through a loopback port shares them. */
final class Link {
  private static long free = System.nanoTime();

  private Link() {}

  /** Runs: the port to listen on, the port that is meant, bytes a second. */
  public static void main(String[] arguments) throws Exception {
    int target = Integer.parseInt(arguments[1]);
    long rate = Long.parseLong(arguments[2]);
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 50, here)) {
      while (true) {
        Socket client = server.accept();
        Socket other = new Socket(here, target);
        new Thread(() -> copy(client, other, Long.MAX_VALUE)).start();
        new Thread(() -> copy(other, client, rate)).start();
      }
    }
  }

  private static void copy(Socket from, Socket to, long rate) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] piece = new byte[1 << 14];
      for (int read; (read = in.read(piece)) >= 0; ) {
        Thread.sleep(wait(read, rate));
        out.write(piece, 0, read);
      }
    } catch (IOException | InterruptedException ended) {
      // By the other direction, or by who is connected.
    }
  }

  /** Milliseconds until the link has room for these bytes. */
  private static synchronized long wait(int bytes, long rate) {
    long now = System.nanoTime();
    free = Math.max(free, now) + bytes * 1_000_000_000L / rate;
    return Math.max(0, (free - now) / 1_000_000);
  }
}
