// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.archive.ArchivingSite;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A daemon whose site has a data directory with WAL that the test writes. */
final class ArchivingService implements AutoCloseable {
  static final String FIRST = "000000010000000000000003";
  static final String SECOND = "000000010000000000000004";
  static final String THIRD = "000000010000000000000005";

  final RunningService daemon;
  final Path wal;
  final Path repository;
  private final HttpClient http = HttpClient.newHttpClient();

  ArchivingService(Path home) throws Exception {
    this(home, true);
  }

  /**
   * Starts the daemon.
   *
   * @param watching false: without archive_status, so that nothing is stored but what is asked for
   */
  ArchivingService(Path home, boolean watching) throws Exception {
    Path data = home.resolve("data");
    ArchivingSite.makeCluster(data);
    wal = data.resolve("pg_wal");
    if (!watching) {
      Files.delete(wal.resolve("archive_status"));
    }
    repository = home.resolve("repository");
    daemon = new RunningService(home, data, root -> {});
  }

  /** Writes a good segment whose bytes are {@code filling}, and which PostgreSQL has finished. */
  void segment(String name, int filling) throws IOException {
    Path status = Files.createDirectories(wal.resolve("archive_status"));
    Files.write(status.resolve(name + ".done"), new byte[0]);
    Files.write(wal.resolve(name), ArchivingSite.segment(name, filling));
  }

  void ready(String name) throws IOException {
    Files.createFile(wal.resolve("archive_status/" + name + ".ready"));
  }

  /** Writes good segments and has them stored. */
  void archived(String... names) throws Exception {
    for (String name : names) {
      segment(name, name.charAt(23));
      HttpResponse<String> answer = daemon.send("PUT", "/main/archive/" + name);
      if (answer.statusCode() != 201) {
        throw new IllegalStateException(answer.body());
      }
    }
  }

  /** What the site's repository holds under a name, as a file. */
  Path object(String name) {
    return repository.resolve("main/xlog/" + name);
  }

  /** Cuts the last bytes off a stored object. */
  void damage(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(object(name));
    Files.write(object(name), Arrays.copyOf(bytes, bytes.length - 8));
  }

  void delete(String name) throws IOException {
    daemon.store().delete(new ObjectKey("main/xlog/" + name));
  }

  HttpResponse<byte[]> get(String name) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(daemon.address("/main/archive/" + name)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Asks for a file to be written to a path. */
  HttpResponse<String> getTo(String name, String target) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(daemon.address("/main/archive/" + name))
            .header("x-pghoard-target-path", target)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws IOException {
    daemon.close();
  }
}
