// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell commands that PostgreSQL calls, against a daemon that answers what a test wants. */
class PostgresCommandTest {
  private static final String SEGMENT = "00000001000000000000000A";
  private static final byte[] CONTENT = "a segment".repeat(10_000).getBytes(UTF_8);
  private static final String HASH =
      "75e46c90990d8fc6b724e782d2ad2fe47569a989fa587520b1ba587e547ee9c7";
  private static final String SHA1 = "c08022483b4fb609f13558d77d0d615bf366e94f";

  /** How a process ended. */
  record Result(int status, String error) {}

  /** Answers one request. */
  @FunctionalInterface
  interface Daemon {
    void answer(HttpExchange request) throws IOException;
  }

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private HttpServer server;
  private volatile Daemon daemon = request -> answer(request, 201, "");

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.createContext(
        "/",
        request -> {
          requests.incrementAndGet();
          asked.countDown();
          daemon.answer(request);
          request.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    closing.countDown();
    server.stop(0);
    workers.shutdownNow();
  }

  private static void answer(HttpExchange request, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    boolean head = request.getRequestMethod().equals("HEAD");
    request.sendResponseHeaders(status, head || bytes.length == 0 ? -1 : bytes.length);
    if (!head) {
      request.getResponseBody().write(bytes);
    }
  }

  private static void answerSegment(HttpExchange request, String hash) throws IOException {
    request.getResponseHeaders().add("metadata-hash", hash);
    request.getResponseHeaders().add("metadata-hash-algorithm", "sha1");
    request.sendResponseHeaders(200, CONTENT.length);
    request.getResponseBody().write(CONTENT);
  }

  private void hang(HttpExchange request) throws IOException {
    try {
      closing.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    request.close();
  }

  private Process start(String command, @Nullable String path, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(List.of("/bin/sh", "bin/" + command));
    line.addAll(List.of("--port", String.valueOf(server.getAddress().getPort())));
    line.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(line);
    process.environment().putAll(Map.of("http_proxy", "http://127.0.0.1:1"));
    if (path != null) {
      process.environment().put("PATH", path);
    }
    return process.start();
  }

  private static Result end(Process process) throws Exception {
    String error = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), error);
  }

  private Result archive(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--site", "main", "--xlog", SEGMENT));
    all.addAll(List.of(arguments));
    return end(start("pghoard_archivecommand", null, all.toArray(String[]::new)));
  }

  private String[] restoring(Path directory, String deadline) {
    return new String[] {
      "--mode",
      "restore",
      "--site",
      "main",
      "--xlog",
      SEGMENT,
      "--output",
      directory.resolve("RECOVERYXLOG").toString(),
      "--deadline",
      deadline
    };
  }

  private Result restore(Path directory, String deadline) throws Exception {
    return end(start("pghoard_postgres_command", null, restoring(directory, deadline)));
  }

  @Test
  void archive_tellsWhichFileTheServerHas_andItsHashWhenItIsAsked(@TempDir Path data)
      throws Exception {
    Files.createDirectory(data.resolve("pg_wal"));
    Path file = Files.write(data.resolve("pg_wal").resolve(SEGMENT), CONTENT);
    List<String> told = new CopyOnWriteArrayList<>();
    daemon =
        request -> {
          String hash = request.getRequestHeaders().getFirst("X-Pghoard-Wal-Sha256");
          told.add(request.getRequestHeaders().getFirst("X-Pghoard-Wal-File"));
          answer(request, HASH.equals(hash) ? 201 : 428, "");
        };
    String command = Path.of("bin/pghoard_archivecommand").toAbsolutePath().toString();
    String port = String.valueOf(server.getAddress().getPort());
    ProcessBuilder line =
        new ProcessBuilder("/bin/sh", command, "--port", port, "--site", "main", "--xlog", SEGMENT)
            .directory(data.toFile());
    assertThat(end(line.start())).isEqualTo(new Result(0, ""));
    String identity =
        Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
    assertThat(told).containsExactly(identity, identity);

    told.clear();
    assertThat(archive("--path", file.toString())).isEqualTo(new Result(0, ""));
    assertThat(told).containsExactly(identity, identity);

    daemon = request -> answer(request, 428, "{\"error\": \"no hash\"}");
    Files.delete(file);
    assertThat(end(line.start()).status()).isEqualTo(3);
  }

  @Test
  void archive_asksForTheNameAndSucceedsWhenItIsStored() throws Exception {
    daemon =
        request -> {
          boolean right =
              request.getRequestMethod().equals("PUT")
                  && request.getRequestURI().getPath().equals("/main/archive/" + SEGMENT);
          answer(request, right ? 201 : 500, "");
        };
    assertThat(archive()).isEqualTo(new Result(0, ""));
  }

  @Test
  void archive_takesTheFlagsOf2015() throws Exception {
    Process process =
        start("pghoard_archive_command", null, "-s", "main", "-x", SEGMENT + ".partial");
    assertThat(end(process)).isEqualTo(new Result(0, ""));
  }

  @Test
  void archive_thatIsRefused_saysWhyInOneLine() throws Exception {
    daemon =
        request ->
            answer(
                request,
                409,
                "{\"request\":\"PUT x\",\"error\":\"it is \\\"other\\\" content\",\n"
                    + " \"remedy\":\"look for a second server\"}");
    Result result = archive();
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.error())
        .isEqualTo(
            "pghoard_archivecommand: %s is not archived: it is \"other\" content: look for a second server\n"
                .formatted(SEGMENT));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 302, 400, 401, 404, 412, 500, 503})
  void archive_fails_unlessTheDaemonSaysThatItIsStored(int status) throws Exception {
    daemon = request -> answer(request, status, "");
    Result result = archive();
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.error()).hasLineCount(1);
  }

  @Test
  void archive_withoutADaemon_failsAtOnce() throws Exception {
    server.stop(0);
    long start = System.nanoTime();
    Result result = archive();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.error()).contains("no pghoard daemon listens on 127.0.0.1");
  }

  @Test
  void archive_whoseDaemonHangs_givesUpAtItsDeadline() throws Exception {
    daemon = this::hang;
    Result result = archive("--deadline", "1");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.error()).contains("no answer").contains("within 1 s");
  }

  @Test
  void archive_withoutCurl_staysBelow126(@TempDir Path empty) throws Exception {
    Process process =
        start("pghoard_archivecommand", empty.toString(), "--site", "main", "--xlog", SEGMENT);
    Result result = end(process);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.error()).contains("curl is not installed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--site=../etc", "--site=", "--xlog=../../etc/passwd", "--xlog=", "--port=x",
        "--deadline=0", "--host=a/b", "--color=red", "stray", "--xlog",
        "--help", "-h", "--version"
      })
  void archive_calledWrongly_asksNobody(String argument) throws Exception {
    Result result = archive(argument);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.error()).hasLineCount(1);
    assertThat(requests).hasValue(0);
  }

  @Test
  void credentials_areSentButNotShown() throws Exception {
    daemon =
        request -> {
          String header = request.getRequestHeaders().getFirst("Authorization");
          boolean right = "Basic YWRhOmEiYlxjIGQ=".equals(header);
          boolean shown =
              ProcessHandle.allProcesses()
                  .anyMatch(
                      process ->
                          process.info().command().orElse("").endsWith("curl")
                              && process.info().commandLine().orElse("").contains("a\"b\\c d"));
          answer(request, right && !shown ? 201 : 401, "");
        };
    assertThat(archive("--username", "ada", "--password", "a\"b\\c d").status()).isZero();
  }

  @Test
  void restore_putsTheCheckedFileInPlace(@TempDir Path directory) throws Exception {
    daemon = request -> answerSegment(request, SHA1);
    assertThat(restore(directory, "20")).isEqualTo(new Result(0, ""));
    assertThat(directory.resolve("RECOVERYXLOG")).hasBinaryContent(CONTENT);
    assertThat(directory.toFile().list()).containsExactly("RECOVERYXLOG");
  }

  @Test
  void restore_ofWhatIsProvenAbsent_is1(@TempDir Path directory) throws Exception {
    daemon = request -> answer(request, 404, "{\"error\": \"none\", \"absent\": true}");
    assertThat(restore(directory, "20").status()).isEqualTo(1);
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 409, 500, 503})
  void restore_ofAnythingElse_is200(int status, @TempDir Path directory) throws Exception {
    daemon = request -> answer(request, status, "{\"error\":\"no\"}");
    assertThat(restore(directory, "1").status()).isEqualTo(200);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void restore_ofAFileWithAnotherHash_is200(@TempDir Path directory) throws Exception {
    daemon = request -> answerSegment(request, "00" + SHA1.substring(2));
    Result result = restore(directory, "1");
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.error()).contains("its sha1 is");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void restore_ofAFileThatIsCutOff_is200(@TempDir Path directory) throws Exception {
    daemon =
        request -> {
          request.getResponseHeaders().add("metadata-hash", SHA1);
          request.getResponseHeaders().add("metadata-hash-algorithm", "sha1");
          request.sendResponseHeaders(200, CONTENT.length);
          request.getResponseBody().write(CONTENT, 0, 100);
          request.getResponseBody().flush();
        };
    assertThat(restore(directory, "1").status()).isEqualTo(200);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void restore_isTriedAgain(@TempDir Path directory) throws Exception {
    daemon =
        request -> {
          if (requests.get() == 1) {
            answer(request, 503, "");
          } else {
            answerSegment(request, SHA1);
          }
        };
    assertThat(restore(directory, "20").status()).isZero();
    assertThat(directory.resolve("RECOVERYXLOG")).hasBinaryContent(CONTENT);
  }

  @Test
  void restore_withoutADaemon_is200(@TempDir Path directory) throws Exception {
    server.stop(0);
    assertThat(restore(directory, "1").status()).isEqualTo(200);
  }

  /** As PostgreSQL calls it: in the data directory, with %p below it. */
  private Result recover(Path dataDirectory, String... more) throws Exception {
    List<String> line = new ArrayList<>(List.of("/bin/sh"));
    line.add(Path.of("bin/pghoard_postgres_command").toAbsolutePath().toString());
    line.addAll(List.of("--mode", "restore", "--site", "main", "--xlog", SEGMENT));
    line.addAll(List.of("--port", String.valueOf(server.getAddress().getPort())));
    line.addAll(List.of(more));
    return end(new ProcessBuilder(line).directory(dataDirectory.toFile()).start());
  }

  private static Path dataDirectory(Path directory, String file, String content)
      throws IOException {
    Files.createDirectory(directory.resolve("pg_wal"));
    Files.writeString(directory.resolve(file), content);
    return directory;
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 409, 500, 503})
  void standby_isToldOf1AtOnce(int status, @TempDir Path directory) throws Exception {
    daemon = request -> answer(request, status, "{\"error\":\"the store is down\"}");
    Path data = dataDirectory(directory, "standby.signal", "");
    Result result = recover(data, "--output", "pg_wal/RECOVERYXLOG");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.error()).contains(SEGMENT).hasLineCount(1);
    assertThat(requests).hasValue(1);
    assertThat(data.resolve("pg_wal")).isEmptyDirectory();
  }

  @Test
  void standby_isGivenWhatIsThere(@TempDir Path directory) throws Exception {
    daemon = request -> answerSegment(request, SHA1);
    Path data = dataDirectory(directory, "standby.signal", "");
    assertThat(recover(data, "--output", "pg_wal/RECOVERYXLOG")).isEqualTo(new Result(0, ""));
    assertThat(data.resolve("pg_wal/RECOVERYXLOG")).hasBinaryContent(CONTENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pg_wal/RECOVERYXLOG", "pg_wal/RECOVERYHISTORY"})
  void standbyWithoutADaemon_isToldOf1(String output, @TempDir Path directory) throws Exception {
    server.stop(0);
    Path data = dataDirectory(directory, "standby.signal", "");
    assertThat(recover(data, "--output", output).status()).isEqualTo(1);
    assertThat(recover(data, "--output", data.resolve(output).toString()).status()).isEqualTo(1);
  }

  @Test
  void standbyThatCallsWrongly_isToldOf1(@TempDir Path directory) throws Exception {
    Path data = dataDirectory(directory, "standby.signal", "");
    for (String wrong : new String[] {"--xlog=..", "--color=red", "--port="}) {
      assertThat(recover(data, "--output", "pg_wal/RECOVERYXLOG", wrong).status()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "standby_mode = 'on', 1", "STANDBY_MODE 'true' # follow, 1", " standby_mode=yes, 1",
    "standby_mode = 1, 1", "standby_mode = 'off', 200", "#standby_mode = on, 200",
    "standby_mode = on\\nstandby_mode = off, 200", "primary_conninfo = 'host=on', 200",
  })
  void recoveryConf_tellsAStandbyToo(String text, int status, @TempDir Path directory)
      throws Exception {
    server.stop(0);
    Path data = dataDirectory(directory, "recovery.conf", text.replace("\\n", "\n") + "\n");
    Result result = recover(data, "--output", "pg_wal/RECOVERYXLOG", "--deadline", "1");
    assertThat(result.status()).isEqualTo(status);
  }

  @Test
  void archiveRecovery_andARewindOfAStandby_areToldOf200(@TempDir Path directory) throws Exception {
    server.stop(0);
    Path data = dataDirectory(directory, "recovery.signal", "");
    String[] recovery = {"--output", "pg_wal/RECOVERYXLOG", "--deadline", "1"};
    assertThat(recover(data, recovery).status()).isEqualTo(200);
    Files.writeString(data.resolve("standby.signal"), "");
    String[] rewind = {"--output", data + "/pg_wal/" + SEGMENT, "--deadline", "1"};
    assertThat(recover(data, rewind).status()).isEqualTo(200);
  }

  @Test
  void restore_calledWrongly_is200() throws Exception {
    for (String wrong : new String[] {"--xlog=..", "--color=red", "--port=", "--help"}) {
      Process process = start("pghoard_postgres_command", null, "--mode", "restore", wrong);
      assertThat(end(process).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--deadline=99999999999999999999", "--deadline=1000000", "--deadline=-1", "--deadline=08",
        "--port=65536", "--port=99999999999999999999", "--port=1e3", "--credentials=/nowhere"
      })
  void restore_withANumberThatIsNone_is200_andNeverTheEndOfTheArchive(
      String number, @TempDir Path directory) throws Exception {
    daemon = request -> answer(request, 404, "{\"error\": \"none\", \"absent\": true}");
    for (String shell : new String[] {"/bin/sh", "/bin/bash"}) {
      List<String> line = new ArrayList<>(List.of(shell, "bin/pghoard_postgres_command"));
      line.addAll(List.of(restoring(directory, "5")));
      line.add(number);
      Result result = end(new ProcessBuilder(line).start());
      assertThat(result.status()).as(shell).isEqualTo(200);
      assertThat(result.error()).hasLineCount(1);
    }
    assertThat(requests).hasValue(0);
  }

  @Test
  void shellThatEndsByItself_is200(@TempDir Path directory) throws Exception {
    daemon = request -> answer(request, 404, "{\"error\": \"none\", \"absent\": true}");
    Path cut = Files.writeString(directory.resolve("cut"), "#!/bin/sh\necho no time\n");
    assertThat(cut.toFile().setExecutable(true)).isTrue();
    Process process =
        start(
            "pghoard_postgres_command",
            directory + ":" + System.getenv("PATH"),
            restoring(directory.resolve("none"), "5"));
    assertThat(end(process).status()).isEqualTo(200);
  }

  @Test
  void daemon_mayBeNamedByItsUrl(@TempDir Path directory) throws Exception {
    daemon = request -> answerSegment(request, SHA1);
    List<String> line = new ArrayList<>(List.of(restoring(directory, "20")));
    line.add("--port=1");
    String port = ":" + server.getAddress().getPort();
    for (String url : new String[] {"http://127.0.0.1" + port, "http://localhost" + port + "/"}) {
      line.add("--from=" + url);
      Process process = start("pghoard_postgres_command", null, line.toArray(String[]::new));
      assertThat(end(process)).as(url).isEqualTo(new Result(0, ""));
    }
    for (String wrong :
        new String[] {
          "backup", "ftp://backup", "http://", "http://a b", "http://a/main", "https://a$b"
        }) {
      line.add("--from=" + wrong);
      Process process = start("pghoard_postgres_command", null, line.toArray(String[]::new));
      Result result = end(process);
      assertThat(result.status()).as(wrong).isEqualTo(200);
    }
    assertThat(requests).hasValue(2);
  }

  @Test
  void credentials_comeFromAFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("credentials"), "ada\na\"b\\c d\n");
    daemon =
        request -> {
          String header = request.getRequestHeaders().getFirst("Authorization");
          answer(request, "Basic YWRhOmEiYlxjIGQ=".equals(header) ? 201 : 401, "");
        };
    assertThat(archive("--credentials", file.toString()).status()).isZero();
    assertThat(archive("--credentials", directory.resolve("none").toString()))
        .matches(result -> result.status() == 2 && result.error().contains("cannot read"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "--version"})
  void help_succeeds_asTheOnlyArgument(String argument) throws Exception {
    for (String command : new String[] {"pghoard_postgres_command", "pghoard_archivecommand"}) {
      assertThat(end(new ProcessBuilder("/bin/sh", "bin/" + command, argument).start()))
          .isEqualTo(new Result(0, ""));
    }
  }

  @Test
  void restore_toldToEnd_leavesNothingBehind(@TempDir Path directory) throws Exception {
    daemon =
        request -> {
          request.sendResponseHeaders(200, CONTENT.length);
          request.getResponseBody().write(CONTENT, 0, 1000);
          request.getResponseBody().flush();
          hang(request);
        };
    Process process = start("pghoard_postgres_command", null, restoring(directory, "60"));
    asked.await();
    await().until(() -> Files.exists(directory.resolve("RECOVERYXLOG.pghoard.tmp")));
    List<ProcessHandle> children = process.descendants().toList();
    process.toHandle().destroy();
    // 128 + 15 is how Java tells of an end by SIGTERM, which PostgreSQL looks for.
    assertThat(end(process).status()).isEqualTo(143);
    await().until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void restore_withoutOutput_asksWhetherTheFileIsThere() throws Exception {
    daemon = request -> answer(request, request.getRequestMethod().equals("HEAD") ? 200 : 500, "");
    assertThat(exists().status()).isZero();
    for (int status : new int[] {201, 404, 503}) {
      daemon = request -> answer(request, status, "");
      Result result = exists();
      assertThat(result.status()).isEqualTo(200);
      assertThat(result.error()).hasLineCount(1).contains("needs --output %p");
    }
  }

  private Result exists() throws Exception {
    return end(
        start(
            "pghoard_postgres_command",
            null,
            "--mode=restore",
            "--site=main",
            "--xlog=" + SEGMENT));
  }
}
