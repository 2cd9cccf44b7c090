// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on a free loopback port that does to its connections what a bad network does. A fault
 * holds for the connections that are open as well as for those to come, until the next is set.
 *
 * <p>Its sleeps are the faults themselves, a network that is slow or silent; no test waits by them.
 */
public final class FaultProxy implements Closeable {
  /** What happens to a connection. */
  public interface Fault {
    /**
     * Told before {@code count} bytes go on.
     *
     * @param passed how many bytes of the connection went this way before
     * @return how many of them may go on; fewer than {@code count} ends the connection with a reset
     */
    int pass(Direction direction, long passed, int count) throws InterruptedException;

    /**
     * Changes what goes on, the first {@code count} bytes of {@code data}; told after the above.
     */
    default void change(Direction direction, long passed, byte[] data, int count) {}

    /**
     * What a client is told instead of what the server would answer; null to let it answer.
     *
     * @param sent what the client sends, its first {@code count} bytes
     */
    default @Nullable String answer(byte[] sent, int count) {
      return null;
    }
  }

  /** Which way bytes go. */
  public enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  private final int serverPort;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Socket> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicInteger mostWaiting = new AtomicInteger();
  private volatile Fault fault = healthy();

  /** Passes everything to this port of the loopback address. */
  public FaultProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections clients have made so far. */
  public int connections() {
    return connections.get();
  }

  /** The most clients that waited for an answer at one moment since the fault was set. */
  public int mostWaiting() {
    return mostWaiting.get();
  }

  public void fault(Fault next) {
    fault = next;
    // Those of the fault before may never be answered.
    waiting.clear();
    mostWaiting.set(0);
  }

  /** No fault. */
  public static Fault healthy() {
    return (direction, passed, count) -> count;
  }

  /** A black hole: connections are accepted, and nothing ever comes through. */
  public static Fault silence() {
    return (direction, passed, count) -> {
      Thread.sleep(Long.MAX_VALUE);
      return 0;
    };
  }

  /** Answers every request with this status line, such as "503 Slow Down", and nothing else. */
  public static Fault answering(String status) {
    return answering(status, "");
  }

  /** The same for those requests alone that hold, in one piece of data, what matches this. */
  public static Fault answering(String status, String request) {
    Pattern pattern = Pattern.compile(request);
    return new Fault() {
      @Override
      public int pass(Direction direction, long passed, int count) {
        return count;
      }

      @Override
      public @Nullable String answer(byte[] sent, int count) {
        return pattern.matcher(new String(sent, 0, count, ISO_8859_1)).find()
            ? "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".formatted(status)
            : null;
      }
    };
  }

  /** Lets nothing more through when this many bytes have gone one way. */
  public static Fault silenceAfter(Direction way, long bytes) {
    return (direction, passed, count) -> {
      if (direction == way && passed + count > bytes) {
        Thread.sleep(Long.MAX_VALUE);
      }
      return count;
    };
  }

  /** Resets a connection when this many bytes have gone one way. */
  public static Fault cutAfter(Direction way, long bytes) {
    return (direction, passed, count) ->
        direction == way ? (int) Math.min(count, Math.max(0, bytes - passed)) : count;
  }

  /** Holds up every piece of data. */
  public static Fault latency(long millis) {
    return (direction, passed, count) -> {
      Thread.sleep(millis);
      return count;
    };
  }

  /** Lets one way through at this many bytes a second, some bytes at a time. */
  public static Fault trickle(Direction way, int bytesPerSecond) {
    return (direction, passed, count) -> {
      if (direction == way) {
        Thread.sleep(count * 1000L / bytesPerSecond);
      }
      return count;
    };
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      sockets.add(client);
      connections.incrementAndGet();
      try {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        sockets.add(server);
        start("to-server", () -> pump(client, server, Direction.TO_SERVER));
        start("to-client", () -> pump(server, client, Direction.TO_CLIENT));
      } catch (IOException serverIsDown) {
        reset(client);
      }
    }
  }

  private void pump(Socket from, Socket to, Direction direction)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[8192];
    long passed = 0;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        String answer = direction == Direction.TO_SERVER ? fault.answer(buffer, read) : null;
        if (answer != null) {
          answer(from, answer);
          reset(to);
          return;
        }
        count(direction == Direction.TO_SERVER ? from : to, direction);
        int allowed = fault.pass(direction, passed, read);
        fault.change(direction, passed, buffer, allowed);
        out.write(buffer, 0, allowed);
        out.flush();
        passed += allowed;
        if (allowed < read) {
          reset(from);
          reset(to);
          return;
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      reset(from);
      reset(to);
    }
  }

  /** Reads on until the client has read the answer: a close before that might remove it. */
  private static void answer(Socket client, String answer) throws IOException {
    client.getOutputStream().write(answer.getBytes(US_ASCII));
    client.shutdownOutput();
    client.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private void count(Socket client, Direction direction) {
    if (direction == Direction.TO_CLIENT) {
      waiting.remove(client);
    } else {
      waiting.add(client);
      mostWaiting.accumulateAndGet(waiting.size(), Math::max);
    }
  }

  private void reset(Socket socket) throws IOException {
    sockets.remove(socket);
    waiting.remove(socket);
    if (!socket.isClosed()) {
      try {
        socket.setSoLinger(true, 0);
      } catch (SocketException closedMeanwhile) {
        // By the thread that pumps the other way.
      }
      socket.close();
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException | InterruptedException ended) {
                // The proxy or the connection was closed.
              } finally {
                threads.remove(Thread.currentThread());
              }
            },
            "fault-proxy-" + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.forEach(Thread::interrupt);
    for (Socket socket : sockets) {
      reset(socket);
    }
  }
}
