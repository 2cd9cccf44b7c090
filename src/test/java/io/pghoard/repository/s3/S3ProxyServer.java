// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import static org.awaitility.Awaitility.await;

import io.pghoard.JavaCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3Proxy on a free loopback port: a process of its own, as its jar is fat. */
public final class S3ProxyServer implements S3TestServer {
  private static final Path JAR = Path.of("target/test-servers/s3proxy.jar");

  private final Process process;
  private final int port;
  private final S3Client client;

  private final Path home;

  public S3ProxyServer() throws IOException {
    if (Files.notExists(JAR)) {
      throw new AssertionError("there is no " + JAR + ": mvn process-test-resources copies it");
    }
    home = Files.createTempDirectory("s3proxy");
    port = freePort();
    Path data = Files.createDirectories(home.resolve("data"));
    Path settings =
        Files.writeString(
            home.resolve("s3proxy.conf"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            jclouds.identity=x
            jclouds.credential=x
            """
                .formatted(port, KEY_ID, SECRET, data));
    Path log = home.resolve("s3proxy.log");
    process =
        new ProcessBuilder(
                JavaCommand.ofJar(JAR, List.of("-Xmx256m"), "--properties", settings.toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      await().atMost(Duration.ofSeconds(60)).until(() -> isUp(log));
      client = new S3Connection(S3TestServer.storage(port, "none")).client();
    } catch (RuntimeException | IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private boolean isUp(Path log) throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError("S3Proxy does not start:\n" + Files.readString(log));
    }
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  public static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public S3Client client() {
    return client;
  }

  @Override
  public void close() throws IOException {
    client.close();
    process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
