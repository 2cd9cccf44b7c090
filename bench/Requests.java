// SPDX-License-Identifier: Apache-2.0
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends mutated requests to a daemon on this machine: half of them well framed, with anything in
 * path, headers and body, and half with bytes changed anywhere. Ends with 1 when one is answered
 * 500, or has no answer after a second; where other programs want the processors as well, after as
 * many seconds as there are threads for each processor, those of the daemon not counted.
 */
final class Requests {
  private static final String[] METHODS = {
    "GET", "GET", "GET", "HEAD", "PUT", "POST", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "FOO"
  };
  private static final String[] PARTS = {
    "main", "main", "other", "status", "health", "basebackup", "archive", "archive", "xlog",
    "timeline", "restore", "recovery", "000000010000000000000001", "000000010000000000000002",
    "00000002.history", "000000010000000000000001.00000028.backup", "..", ".", "", "%2e%2e", "%00",
    "%0a%0d", "%", "%zz", "%c3%28", "a%2fb", "{site}", "${header.site}", "..%2f", "~", "*", "x;y=z"
  };
  private static final String[] PATHS = {
    "/status", "/health", "/main/basebackup", "/main/recovery", "/main/restore", "/main/restore",
    "/main/restore", "/main/restore/1", "/main/archive/000000010000000000000002",
    "/main/xlog/000000010000000000000003", "/main/timeline/00000001.history",
    "/main/archive/000000010000000000000009", "/other/recovery", "/main/archive/basebackup"
  };
  private static final String[] NAMES = {
    "x-pghoard-target-path", "x-pghoard-restart-point", "Content-Type", "Host", "Origin", "site",
    "name", "id", "Authorization", "Accept", "Expect", "Range", "Connection", "CamelHttpMethod",
    "Transfer-Encoding", "Content-Length", "Cookie", "Sec-Fetch-Site", "httpStatus", "Upgrade",
    "X-Forwarded-For", "If-None-Match", "Accept-Encoding", "Content-Encoding"
  };
  private static final String[] VALUES = {
    "", "x", "application/json", "multipart/form-data; boundary=x", "text/plain; charset=nope",
    "localhost", "evil.example", "Basic eDp5", "Basic !", "100-continue", "bytes=0-", "chunked",
    "keep-alive", "close", "-1", "0", "5", "99999999999999999999", "h2c", "gzip", "null",
    "000000010000000000000001", "/etc/passwd", "${sys.user.name}", "\u00ff\u00fe", "\"", "; ; ;"
  };
  private static final String[] WORDS = {
    "target_dir", "basebackup", "overwrite", "tablespace_dir", "tablespace_base_dir",
    "recovery_target_time", "recovery_target_lsn", "recovery_target_xid", "recovery_target_name",
    "recovery_target_immediate", "recovery_target_inclusive", "recovery_target_timeline",
    "recovery_target_action", "restore_to_primary", "primary_conninfo", "archive_mode",
    "preserve_until", "cancel_preserve_on_success", "recovery_end_command", "nonsense"
  };

  private final Random random;
  private final int port;
  private final String target;
  private final Crowd crowd;

  private Requests(Random random, int port, String target, Crowd crowd) {
    this.random = random;
    this.port = port;
    this.target = target;
    this.crowd = crowd;
  }

  /** Runs: the port, how many requests, a seed, a directory to restore to, the daemon's pid. */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    long seed = Long.parseLong(arguments[2]);
    AtomicInteger left = new AtomicInteger(count);
    AtomicInteger faults = new AtomicInteger();
    Map<String, Integer> answers = new TreeMap<>();
    long[] longest = {0};
    int[] slow = {0};
    Crowd crowd = new Crowd(Path.of("/proc", arguments[4], "task"));
    crowd.setDaemon(true);
    crowd.start();
    Thread[] threads = new Thread[48];
    for (int i = 0; i < threads.length; i++) {
      Requests requests = new Requests(new Random(seed * 31 + i), port, arguments[3], crowd);
      threads[i] =
          new Thread(
              () -> {
                while (left.getAndDecrement() > 0) {
                  boolean framed = requests.random.nextBoolean();
                  byte[] request = requests.next(framed);
                  long began = System.nanoTime();
                  String answer = requests.send(request, framed);
                  long millis = (System.nanoTime() - began) / 1_000_000;
                  boolean fault =
                      answer.equals("500")
                          || answer.equals("hangs")
                          || (framed && answer.equals("none"));
                  synchronized (answers) {
                    answers.merge(answer, 1, Integer::sum);
                    if (!answer.equals("none")) {
                      longest[0] = Math.max(longest[0], millis);
                    }
                    if (!fault && millis > 1000 && !answer.equals("none") && ++slow[0] <= 20) {
                      System.out.printf(
                          "%s after %d ms, with %.1f threads a processor: %s%n",
                          answer, millis, crowd.since(began), shown(request));
                    }
                    if (fault && faults.incrementAndGet() <= 20) {
                      System.out.println(answer + " after " + millis + " ms: " + shown(request));
                    }
                  }
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println("answers " + answers + ", longest " + longest[0] + " ms");
    System.out.printf(
        "%d above a second on a crowded machine; threads of others a processor: %.1f on average%n",
        slow[0], crowd.since(0));
    System.exit(faults.get() == 0 ? 0 : 1);
  }

  private static String shown(byte[] request) {
    String text = new String(request, ISO_8859_1).replace("\r", "\\r").replace("\n", "\\n");
    return text.substring(0, Math.min(700, text.length()));
  }

  private String any(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private byte[] next(boolean framed) {
    StringBuilder head = new StringBuilder(any(METHODS)).append(' ').append(path());
    head.append(random.nextInt(20) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    if (random.nextInt(20) != 0) {
      head.append("Host: localhost\r\n");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      String name = any(NAMES);
      boolean frames = name.startsWith("Content-Length") || name.startsWith("Transfer-E");
      boolean waits = name.equals("Expect") || name.equals("Upgrade");
      if (!framed || !(frames || waits)) {
        head.append(name).append(": ").append(value()).append("\r\n");
      }
    }
    String body = random.nextInt(3) == 0 ? body() : "";
    if (!body.isEmpty()) {
      head.append(random.nextInt(8) == 0 ? "" : "Content-Type: application/json\r\n");
      head.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    byte[] request = (head + "\r\n" + body).getBytes(ISO_8859_1);
    return framed ? request : mutated(request);
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    if (random.nextInt(3) != 0) {
      return path.append(any(PATHS)).append(query()).toString();
    }
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      path.append('/').append(random.nextInt(12) == 0 ? noise(40) : any(PARTS));
    }
    return path.append(query()).toString();
  }

  private String query() {
    return random.nextInt(4) == 0 ? "?" + any(NAMES) + "=" + any(PARTS) : "";
  }

  /** Characters that a URL may have. */
  private String noise(int most) {
    StringBuilder noise = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      noise.append("abcXYZ019-._~!$&'()*+,;=:@%".charAt(random.nextInt(27)));
    }
    return noise.toString();
  }

  private String value() {
    return random.nextInt(6) == 0 ? noise(300) : any(VALUES);
  }

  private String body() {
    StringBuilder json = new StringBuilder("{\"target_dir\": ");
    json.append(random.nextInt(3) == 0 ? any(JSON) : "\"" + target + "/" + noise(6) + "\"");
    for (int i = random.nextInt(4); i > 0; i--) {
      json.append(", \"").append(any(WORDS)).append("\": ").append(any(JSON));
    }
    json.append('}');
    return random.nextInt(20) == 0 ? "[".repeat(random.nextInt(60_000)) : json.toString();
  }

  private static final String[] JSON = {
    "null", "true", "[]", "{}", "0", "-1", "1e999", "\"\"", "\"latest\"", "\"/etc\"", "\"a/b\"",
    "\"\\u0000\"", "\"\\ud800\"", "{\"a\": \"/b\"}", "{\"1\": 2}", "[[[[]]]]", "\"2026-01-01\"",
    "\"2026-01-01 00:00:00+00\"", "\"0/0\"", "\"FFFFFFFF/FFFFFFFF\"", "\"\\n'; DROP\"", "NaN",
    "99999999999999999999999999", "\"/\"", "\"..\"", "{", "\"" + "x".repeat(5000) + "\""
  };

  private byte[] mutated(byte[] request) {
    byte[] bytes = request.clone();
    for (int i = 1 + random.nextInt(6); i > 0 && bytes.length > 1; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> {
          // Rarely, as whoever sends half a request is waited for.
          if (random.nextInt(10) == 0) {
            bytes = Arrays.copyOf(bytes, at + 1);
          }
        }
        case 3 -> {
          byte[] more = new byte[bytes.length + 1];
          System.arraycopy(bytes, 0, more, 0, at);
          more[at] = (byte) " \r\n\0:%/".charAt(random.nextInt(7));
          System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
          bytes = more;
        }
        default -> bytes[at] = (byte) "\r\n\0 /:%".charAt(random.nextInt(7));
      }
    }
    return bytes;
  }

  /** The status; closed; none: no answer to what may be half a request; hangs: nor is it closed. */
  private String send(byte[] request, boolean framed) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(1000);
      long began = System.nanoTime();
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      while (true) {
        try {
          return status(in.readNBytes(12));
        } catch (SocketTimeoutException e) {
          if (!framed || System.nanoTime() - began > 1e9 * crowd.since(began)) {
            break;
          }
          socket.setSoTimeout(100);
        }
      }
      socket.setSoTimeout(1000);
      socket.shutdownOutput();
      try {
        in.readAllBytes();
        return "none";
      } catch (SocketTimeoutException still) {
        return "hangs";
      }
    } catch (IOException e) {
      return "closed";
    }
  }

  private static String status(byte[] start) {
    return start.length < 12 ? "closed" : new String(start, 9, 3, ISO_8859_1);
  }

  /** How many threads want each processor, without those of the daemon: what is not its doing. */
  private static final class Crowd extends Thread {
    private final Path tasks;
    private final List<Sample> samples = new ArrayList<>();

    private record Sample(long nanos, double threads) {}

    Crowd(Path tasks) {
      this.tasks = tasks;
    }

    @Override
    public void run() {
      int processors = Runtime.getRuntime().availableProcessors();
      try {
        while (true) {
          // Source: proc(5): the fourth field is "runnable/all"; this thread is one of them.
          String runnable = Files.readString(Path.of("/proc/loadavg")).split(" ")[3].split("/")[0];
          double others = Integer.parseInt(runnable) - 1 - daemons();
          synchronized (samples) {
            samples.add(new Sample(System.nanoTime(), others / processors));
          }
          Thread.sleep(50);
        }
      } catch (IOException | InterruptedException e) {
        System.out.println("the load of this machine is unknown from here on: " + e);
      }
    }

    private int daemons() throws IOException {
      int running = 0;
      try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
        for (Path task : all) {
          String stat = Files.readString(task.resolve("stat"), ISO_8859_1);
          running += stat.startsWith(" R", stat.lastIndexOf(')') + 1) ? 1 : 0;
        }
      } catch (NoSuchFileException | DirectoryIteratorException e) {
        // A thread has ended meanwhile.
      }
      return running;
    }

    /** The mean since then, at least 1. */
    double since(long nanos) {
      double sum = 0;
      int count = 0;
      synchronized (samples) {
        for (int i = samples.size() - 1; i >= 0 && samples.get(i).nanos() - nanos > 0; i--) {
          sum += samples.get(i).threads();
          count++;
        }
      }
      return Math.max(1, count == 0 ? 1 : sum / count);
    }
  }
}
