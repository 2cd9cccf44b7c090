// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real Ceph cluster with its object gateway, on free loopback ports: daemons of the test's own,
 * which end with it, even when it is killed. {@code bin/test} installs what it needs.
 */
public final class CephCluster implements S3TestServer {
  private static final Path SCRIPT = Path.of("src/test/resources/ceph/ceph-cluster");

  /** What the OSD may hold, in its memory. */
  private static final long SIZE = 4L << 30;

  private final Path directory;
  private final Process process;
  private final BufferedReader answers;
  private final Map<String, Integer> ports = new HashMap<>();
  private S3Client client;

  public CephCluster() throws IOException {
    this(SIZE);
  }

  /** One whose OSD has room for this many bytes. */
  public CephCluster(long size) throws IOException {
    directory = Files.createTempDirectory("ceph").toRealPath();
    process =
        new ProcessBuilder(
                "bash", SCRIPT.toString(), directory.toString(), String.valueOf(size), "memstore")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    try {
      for (String line = answers.readLine(); !"ready".equals(line); line = answers.readLine()) {
        if (line == null) {
          throw new AssertionError(
              "there is no Ceph to test with; the lines above say why. bin/test installs its packages:"
                  + " radosgw ceph-mon ceph-osd ceph-common openssl");
        }
        String[] words = line.split(" ", -1);
        ports.put(words[1], Integer.parseInt(words[2]));
      }
      user(KEY_ID, SECRET);
      client = connect();
    } catch (RuntimeException | IOException | Error e) {
      end();
      throw e;
    }
  }

  @Override
  public int port() {
    return ports.getOrDefault("plain", 0);
  }

  /** Where it speaks https; its certificate is for the address 127.0.0.1 and no name. */
  public int tlsPort() {
    return ports.getOrDefault("tls", 0);
  }

  /** Where it speaks https with a certificate that has expired. */
  public int expiredPort() {
    return ports.getOrDefault("expired", 0);
  }

  /** The certificate of the authority behind the others, as PEM. */
  public Path authority() {
    return directory.resolve("authority.pem");
  }

  /** A certificate that is behind none of the others. */
  public Path otherCertificate() {
    return directory.resolve("expired.crt");
  }

  @Override
  public S3Client client() {
    return client;
  }

  /** A client of another user. */
  public S3Client client(String id, String secret) throws IOException {
    return new S3Connection(S3TestServer.storage(port(), "none", id, secret)).client();
  }

  /** Which Ceph it is: 16, 18, 20. */
  public static int version() {
    // "ceph version 16.2.15 (...) pacific (stable)"
    return Integer.parseInt(run(List.of("radosgw", "--version")).split("[ .]", -1)[2]);
  }

  /** Makes a user, whose name is the id of the key. */
  public void user(String id, String secret) {
    admin(
        List.of("user", "create"),
        List.of(
            "--uid=" + id, "--display-name=" + id, "--access-key=" + id, "--secret-key=" + secret));
  }

  /** Runs radosgw-admin to its end; what it prints. */
  public String admin(List<String> command, List<String> options) {
    List<String> line = new ArrayList<>(List.of("radosgw-admin", "-n", "client.rgw"));
    line.addAll(List.of("-c", directory.resolve("ceph.conf").toString()));
    line.addAll(command);
    line.addAll(options);
    return run(line);
  }

  /** Sets how full the OSD may be, of 1, before nothing is written any more, nor answered. */
  public void fullAt(String ratio) {
    String conf = directory.resolve("ceph.conf").toString();
    for (String what : List.of("set-nearfull-ratio", "set-backfillfull-ratio", "set-full-ratio")) {
      run(List.of("ceph", "-c", conf, "--connect-timeout", "20", "osd", what, ratio));
    }
  }

  /** Frees the space of what was deleted, which the gateway does hours later by itself. */
  public void collectGarbage() {
    admin(List.of("gc", "process"), List.of("--include-all"));
  }

  private static String run(List<String> command) {
    try {
      Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
      program.getOutputStream().close();
      String said = new String(program.getInputStream().readAllBytes(), UTF_8);
      if (program.waitFor() != 0) {
        throw new AssertionError(command + ":\n" + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(command + " was interrupted", e);
    }
  }

  /** Ends the gateway as kill -9 does; the objects stay. */
  public void stopGateway() throws IOException {
    command("stop");
  }

  /** Starts the gateway again, and waits until it answers. */
  public void startGateway() throws IOException {
    command("start");
    // Its connections are those of the gateway before, and it repeats nothing.
    client.close();
    client = connect();
  }

  private S3Client connect() throws IOException {
    return new S3Connection(S3TestServer.storage(port(), "none")).client();
  }

  private void command(String word) throws IOException {
    process.getOutputStream().write((word + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
    if (!"done".equals(answers.readLine())) {
      throw new AssertionError("Ceph's script has ended; its lines above say why");
    }
  }

  /** Lets the gateway hang as a machine does that swaps to death: it accepts, and is silent. */
  public void freezeGateway() throws IOException {
    signal("-STOP");
  }

  /** Lets the gateway go on. */
  public void thawGateway() throws IOException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException {
    run(List.of("kill", signal, Files.readString(directory.resolve("run/rgw.pid")).strip()));
  }

  @Override
  public void close() {
    client.close();
    end();
  }

  /** Its input ends, and so it does, and takes its directory along. */
  private void end() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("Ceph does not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
