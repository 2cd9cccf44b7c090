// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.JavaCommand;
import io.pghoard.Pghoard;
import io.pghoard.postgres.PostgresCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The daemon as a process of its own, with one site called "main" on local storage. */
public final class DaemonProcess implements AutoCloseable {
  /** How large the heap is that a daemon has by default: {@code -Xmx128m}, as bin/pghoard says. */
  private static final String HEAP = "-Xmx128m";

  /** The directory of its files: pghoard.json, repository, spool, daemon.log. */
  public final Path home;

  public final int port;
  private final Process process;

  private DaemonProcess(Path home, int port, Process process) {
    this.home = home;
    this.port = port;
    this.process = process;
  }

  /**
   * Writes pghoard.json, starts the daemon on it, and waits until it answers.
   *
   * @param interval {@code basebackup_interval_hours}: a number, or null
   */
  public static DaemonProcess start(Path home, PostgresCluster cluster, int port, String interval)
      throws IOException {
    return start(home, cluster, port, new Site(interval, local(home)));
  }

  /** The {@code object_storage} of a repository below {@code home}, in JSON. */
  public static String local(Path home) {
    return "{\"storage_type\": \"local\", \"directory\": \"%s/repository\"}".formatted(home);
  }

  /**
   * What differs between the sites of tests.
   *
   * @param interval {@code basebackup_interval_hours}: a number, or null
   * @param storage {@code object_storage}, in JSON
   * @param algorithm that compresses. By default zstd: a base backup by LZMA takes ten seconds of a
   *     processor where Java does not optimize.
   */
  public record Site(String interval, String storage, String algorithm) {
    public Site(String interval, String storage) {
      this(interval, storage, "zstd");
    }
  }

  /** Writes pghoard.json, starts the daemon on it, and waits until it answers. */
  public static DaemonProcess start(Path home, PostgresCluster cluster, int port, Site site)
      throws IOException {
    return start(
        home,
        port,
        """
        "active_backup_mode": "archive_command", "basebackup_interval_hours": %4$s,
        "basebackup_chunk_size": 8388608, "restore_directories": ["%1$s"],
        "pg_data_directory": "%2$s", "nodes": ["%3$s"],
        "object_storage": %5$s
        """
            .formatted(
                home,
                cluster.dataDirectory(),
                cluster.connectionString(),
                site.interval(),
                site.storage()),
        site.algorithm());
  }

  /** Writes pghoard.json with these keys of the site, and starts the daemon on it. */
  public static DaemonProcess start(Path home, int port, String site) throws IOException {
    return start(home, port, site, "zstd");
  }

  private static DaemonProcess start(Path home, int port, String site, String algorithm)
      throws IOException {
    String text =
        """
        {
          "backup_location": "%1$s/spool", "http_address": "127.0.0.1", "http_port": %2$d,
          "alert_file_dir": "%1$s", "json_state_file_path": "%1$s/state.json",
          "maintenance_mode_file": "%1$s/maintenance",
          "compression": {"algorithm": "%4$s"},
          "backup_sites": {"main": {%3$s}}
        }
        """
            .formatted(home, port, site, algorithm);
    Files.write(home.resolve("pghoard.json"), text.getBytes(UTF_8));
    return launch(home, port, Map.of());
  }

  /**
   * Starts a daemon on the pghoard.json that lies in {@code home}.
   *
   * @param port that it says
   * @param environment beside that of the test
   */
  public static DaemonProcess launch(
      Path home, int port, Map<String, String> environment, String... options) throws IOException {
    ProcessBuilder builder =
        command(home.resolve("pghoard.json"), options)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("daemon.log").toFile()));
    builder.environment().putAll(environment);
    DaemonProcess daemon = new DaemonProcess(home, port, builder.start());
    try {
      await().atMost(Duration.ofMinutes(2)).until(daemon::answers);
    } catch (RuntimeException e) {
      daemon.close();
      throw new IllegalStateException("the daemon does not start: " + daemon.log(), e);
    }
    return daemon;
  }

  private static ProcessBuilder command(Path config, String... options) {
    List<String> line = JavaCommand.of(Pghoard.class, List.of(HEAP), "--config", config.toString());
    line.addAll(List.of(options));
    // It may run below a nohup, whose children ignore SIGHUP.
    line.addAll(0, List.of("env", "--default-signal=HUP"));
    return new ProcessBuilder(line);
  }

  /** A second daemon on the same pghoard.json; what it says is its output. */
  public Process another() throws IOException {
    return command(config()).redirectErrorStream(true).start();
  }

  private boolean answers() throws InterruptedException {
    if (!isAlive()) {
      throw new IllegalStateException("it has ended with status " + process.exitValue());
    }
    try {
      json("GET", "/health");
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The archive_command that hands over to the daemon on that port. */
  public static String archiveCommand(PostgresCluster cluster, int port) {
    return "%s --site main --xlog %%f --port %d"
        .formatted(cluster.directory().program("pghoard_archivecommand"), port);
  }

  public Path config() {
    return home.resolve("pghoard.json");
  }

  public Path repository() {
    return home.resolve("repository/main");
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  public String log() throws IOException {
    return Files.readString(home.resolve("daemon.log"));
  }

  /** A JSON answer of the daemon; an IOException while it does not listen. */
  public JsonNode json(String method, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return new ObjectMapper().readTree(answer.body());
  }

  /** The status of an answer. */
  public int status(String method, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** As {@code kill -9} ends it. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** As {@code kill} ends it, within camel.main.shutdown-timeout, a minute, and half of that. */
  public int stop() throws InterruptedException, IOException {
    process.destroy();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      throw new AssertionError("the daemon does not end after SIGTERM: " + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }

  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
