// SPDX-License-Identifier: Apache-2.0
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Archives one WAL file after the other over HTTP, alone and while others use the daemon, and
 * prints how long that takes.
 */
final class Crowd {
  private static final int EACH = 20;

  private final String base;
  private final int port;
  private final String restores;
  private final Iterator<String> segments;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Integer> answers = new ConcurrentHashMap<>();
  private volatile AtomicBoolean over = new AtomicBoolean();

  private Crowd(int port, String restores, Iterator<String> segments) {
    this.base = "http://127.0.0.1:" + port;
    this.port = port;
    this.restores = restores;
    this.segments = segments;
  }

  /**
   * Runs: the daemon's port, the port of the store that hangs, a directory to restore to, a file
   * with the names of WAL files that wait to be archived.
   */
  public static void main(String[] arguments) throws Exception {
    hangOn(Integer.parseInt(arguments[1]));
    Iterator<String> segments = Files.readAllLines(Path.of(arguments[3])).iterator();
    Crowd crowd = new Crowd(Integer.parseInt(arguments[0]), arguments[2], segments);
    System.out.printf(
        "%-44s %10s %10s   %s%n",
        "archiving, beside", "median ms", "max ms", "answers to the others");
    crowd.measure("nobody", List.of());
    crowd.measure("200 clients", crowd.times(200, crowd::client));
    crowd.measure("120 requests to a store that hangs", crowd.times(120, crowd::toHungStore));
    crowd.measure("60 restores", crowd.times(60, crowd::restore));
    crowd.measure("2,000 slow connections", crowd.times(2000, crowd::slow));
    List<Runnable> all = new ArrayList<>(crowd.times(200, crowd::client));
    all.addAll(crowd.times(120, crowd::toHungStore));
    all.addAll(crowd.times(60, crowd::restore));
    all.addAll(crowd.times(2000, crowd::slow));
    crowd.measure("all of them", all);
    crowd.measure("nobody, afterwards", List.of());
    System.exit(0);
  }

  /** A store that accepts connections and never answers. */
  private static void hangOn(int port) throws IOException {
    ServerSocket store = new ServerSocket(port, 1000, InetAddress.getLoopbackAddress());
    List<Socket> held = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  held.add(store.accept());
                }
              } catch (IOException e) {
                System.err.println(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private List<Runnable> times(int count, Runnable what) {
    return Collections.nCopies(count, what);
  }

  private void measure(String name, List<Runnable> others) throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    over = ended;
    answers.clear();
    List<Thread> threads = new ArrayList<>();
    for (Runnable other : others) {
      Thread thread = new Thread(null, other, "other", 256 << 10);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    Thread.sleep(others.isEmpty() ? 0 : 5000);
    long[] millis = new long[EACH];
    for (int i = 0; i < EACH; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + "/main/archive/" + segments.next()))
              .timeout(Duration.ofSeconds(120))
              .PUT(HttpRequest.BodyPublishers.noBody())
              .build();
      long began = System.nanoTime();
      String answer;
      try {
        HttpResponse<String> got = http.send(request, HttpResponse.BodyHandlers.ofString());
        answer = got.statusCode() == 201 ? "" : got.statusCode() + " " + got.body();
      } catch (IOException e) {
        answer = e.toString();
      }
      millis[i] = (System.nanoTime() - began) / 1_000_000;
      if (!answer.isEmpty()) {
        System.out.println("not archived: " + answer);
      }
      Thread.sleep(100);
    }
    ended.set(true);
    Arrays.sort(millis);
    System.out.printf(
        "%-44s %10d %10d   %s%n", name, millis[EACH / 2], millis[EACH - 1], new TreeMap<>(answers));
    for (Thread thread : threads) {
      thread.join(30_000);
    }
  }

  private String ask(String method, String path, String body) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      String head =
          "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".formatted(method, path);
      String json =
          body.isEmpty()
              ? ""
              : "Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(body.length());
      socket.getOutputStream().write((head + json + "\r\n" + body).getBytes(US_ASCII));
      byte[] start = socket.getInputStream().readNBytes(12);
      socket.getInputStream().skip(1 << 24);
      return start.length < 12 ? "closed" : new String(start, 9, 3, US_ASCII);
    } catch (IOException e) {
      return "cut";
    }
  }

  private void client() {
    AtomicBoolean ended = over;
    String[] paths = {
      "/health", "/main/basebackup", "/main/recovery", "/main/archive/000000010000000000000004"
    };
    for (int i = 0; !ended.get(); i++) {
      answers.merge(ask("GET", paths[i % paths.length], ""), 1, Integer::sum);
      rest(50);
    }
  }

  private void toHungStore() {
    AtomicBoolean ended = over;
    while (!ended.get()) {
      answers.merge(ask("GET", "/hung/archive/000000010000000000000001", ""), 1, Integer::sum);
      rest(1000);
    }
  }

  private void restore() {
    AtomicBoolean ended = over;
    while (!ended.get()) {
      String target = restores + "/" + Thread.currentThread().getId();
      answers.merge(
          ask("POST", "/main/restore", "{\"target_dir\": \"" + target + "\"}"), 1, Integer::sum);
      rest(2000);
    }
  }

  /** A byte of a request a second. */
  private void slow() {
    AtomicBoolean ended = over;
    while (!ended.get()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        while (!ended.get()) {
          socket.getOutputStream().write('G');
          rest(1000);
        }
      } catch (IOException e) {
        answers.merge("cut", 1, Integer::sum);
        rest(1000);
      }
    }
  }

  private static void rest(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
