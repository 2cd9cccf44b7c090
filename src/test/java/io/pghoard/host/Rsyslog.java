// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static org.awaitility.Awaitility.await;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real rsyslogd of the test's own: on a socket in a directory, and on a UDP and a TCP port of
 * this machine. It needs no rights. {@code bin/test} installs it.
 */
public final class Rsyslog implements Closeable {
  /** The socket, as /dev/log is one. */
  public final Path socket;

  public final int udpPort;
  public final int tcpPort;
  private final Path directory;
  private Process process;

  private Rsyslog(Path directory, int udpPort, int tcpPort) throws IOException {
    this.directory = directory;
    this.socket = directory.resolve("log");
    this.udpPort = udpPort;
    this.tcpPort = tcpPort;
    Files.writeString(
        directory.resolve("rsyslog.conf"),
        """
        global(workDirectory="%1$s")
        module(load="imuxsock" SysSock.Use="off")
        module(load="imudp")
        module(load="imtcp")
        input(type="imuxsock" Socket="%2$s" RateLimit.Interval="0")
        input(type="imudp" address="127.0.0.1" port="%3$d")
        input(type="imtcp" address="127.0.0.1" port="%4$d")
        template(name="facts" type="string"
          string="%%syslogfacility-text%%|%%syslogseverity-text%%|%%syslogtag%%|%%msg%%\\n")
        if $programname == "pghoard" then action(type="omfile" file="%5$s" template="facts")
        """
            .formatted(directory, socket, udpPort, tcpPort, received()));
    this.process = launch();
    awaitStart();
  }

  /**
   * Starts one.
   *
   * @param directory for its configuration, its socket and what it receives
   */
  public static Rsyslog start(Path directory) throws IOException {
    int udp;
    int tcp;
    try (DatagramSocket freeUdp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        ServerSocket freeTcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      udp = freeUdp.getLocalPort();
      tcp = freeTcp.getLocalPort();
    }
    return new Rsyslog(directory, udp, tcp);
  }

  private Process launch() throws IOException {
    Path program =
        Stream.of("/usr/sbin/rsyslogd", "/sbin/rsyslogd", "/usr/local/sbin/rsyslogd")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException("no rsyslogd: apt-get install rsyslog, or bin/test"));
    List<String> line =
        List.of(
            program.toString(),
            "-n",
            "-f",
            directory.resolve("rsyslog.conf").toString(),
            "-i",
            directory.resolve("rsyslog.pid").toString());
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("rsyslog.out").toFile()))
        .start();
  }

  private void awaitStart() {
    await()
        .atMost(Duration.ofSeconds(30))
        .failFast("rsyslogd has ended", () -> !process.isAlive())
        .until(() -> Files.exists(socket) && Files.exists(directory.resolve("rsyslog.pid")));
  }

  /** Ends it, and takes its socket away. */
  public void stop() throws IOException {
    process.destroy();
    process.onExit().join();
    Files.deleteIfExists(socket);
  }

  /** Starts it again after {@link #stop}. */
  public void startAgain() throws IOException {
    process = launch();
    awaitStart();
  }

  /** Lets it sleep or wake: {@code STOP} or {@code CONT}. */
  public void signal(String name) throws IOException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().onExit().join();
  }

  /** What it has received: {@code facility|severity|tag| message}. */
  public List<String> lines() throws IOException {
    return Files.exists(received()) ? Files.readAllLines(received()) : List.of();
  }

  private Path received() {
    return directory.resolve("received");
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
  }
}
