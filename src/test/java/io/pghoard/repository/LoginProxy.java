// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP proxy on a free loopback port: it makes tunnels for those alone who log in (Basic). */
public final class LoginProxy implements Closeable {
  private static final Pattern REQUEST = Pattern.compile("CONNECT [^ ]+:([0-9]+) HTTP/1\\.1\r\n");

  private final String login;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  public LoginProxy(String user, String password) throws IOException {
    login =
        "Proxy-Authorization: Basic "
            + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(US_ASCII));
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(
        () -> {
          while (true) {
            Socket client = listener.accept();
            sockets.add(client);
            start(() -> serve(client));
          }
        });
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void serve(Socket client) throws IOException {
    String head = head(client.getInputStream());
    Matcher request = REQUEST.matcher(head);
    if (!request.lookingAt()) {
      client.close();
      return;
    }
    if (!head.lines().anyMatch(login::equalsIgnoreCase)) {
      answer(
          client,
          "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\n"
              + "Content-Length: 0\r\nConnection: close");
      client.shutdownOutput();
      client.getInputStream().transferTo(OutputStream.nullOutputStream());
      return;
    }
    Socket server =
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(request.group(1)));
    sockets.add(server);
    answer(client, "200 Connection established");
    start(
        () -> {
          server.getInputStream().transferTo(client.getOutputStream());
          client.close();
        });
    client.getInputStream().transferTo(server.getOutputStream());
    server.shutdownOutput();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int each = in.read();
      if (each < 0) {
        return "";
      }
      head.append((char) each);
    }
    return head.toString();
  }

  private static void answer(Socket client, String text) throws IOException {
    client.getOutputStream().write(("HTTP/1.1 " + text + "\r\n\r\n").getBytes(US_ASCII));
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                // The proxy or the connection was closed.
              }
            },
            "login-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
