// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Forwards loopback ports; when it is killed, all its connections are cut. */
final class Forward {
  private Forward() {}

  /** Runs: pairs of a port to listen on and the port that is meant. */
  public static void main(String[] arguments) throws Exception {
    for (int i = 0; i < arguments.length; i += 2) {
      ServerSocket server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[i])));
      int target = Integer.parseInt(arguments[i + 1]);
      new Thread(() -> accept(server, target)).start();
    }
  }

  private static void accept(ServerSocket server, int target) {
    while (true) {
      try {
        Socket client = server.accept();
        try {
          Socket other = new Socket(InetAddress.getLoopbackAddress(), target);
          new Thread(() -> copy(client, other)).start();
          new Thread(() -> copy(other, client)).start();
        } catch (IOException nobodyThere) {
          client.close();
        }
      } catch (IOException e) {
        System.err.println(e);
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException ended) {
      // By the other direction, or by who is connected.
    }
  }
}
