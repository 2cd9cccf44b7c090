// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * OpenSSH's own server as a process of the test's own on a free loopback port. As root it lets the
 * user postgres in, as anybody else that user: a server that is not root cannot become another one.
 */
public final class OpenSshServer implements Closeable {
  private static final Path PROGRAM = Path.of("/usr/sbin/sshd");
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  /** Who logs in. */
  public static final String USER = ROOT ? "postgres" : System.getProperty("user.name");

  private final Path home;
  private final int port;
  private final AtomicInteger directories = new AtomicInteger();
  private String options = "";
  private Process process;

  private OpenSshServer(Path home, int port) throws IOException {
    this.home = home;
    this.port = port;
    for (String type : List.of("ed25519", "rsa")) {
      keygen(type, "host-" + type);
    }
    keygen("ed25519", "client");
    keygen("ed25519", "stranger");
    keygen("rsa", "client-rsa");
    Files.writeString(
        home.resolve("authorized_keys"), publicKey("client") + "\n" + publicKey("client-rsa"));
    process = start();
  }

  /**
   * Starts one.
   *
   * @param directory for its keys, its log and all that is stored
   */
  public static OpenSshServer start(Path directory) throws IOException {
    if (!Files.exists(PROGRAM)) {
      throw new IllegalStateException(
          "there is no " + PROGRAM + ": bin/test installs it, or apt-get install openssh-server");
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    // The account passes through the temporary directory to its own.
    Path home = Files.createDirectories(directory.resolve("sshd"));
    Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize();
    Path above = home.toAbsolutePath().normalize();
    while (above != null && above.startsWith(temporary) && !above.equals(temporary)) {
      Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
      above = above.getParent();
    }
    return new OpenSshServer(home, port);
  }

  private Process start() throws IOException {
    Path config = home.resolve("sshd_config");
    Path log = home.resolve("sshd.log");
    Files.writeString(
        config,
        """
        Port %d
        ListenAddress 127.0.0.1
        HostKey %s
        HostKey %s
        PidFile none
        AuthorizedKeysFile %s
        StrictModes no
        UsePAM %s
        PasswordAuthentication no
        AllowUsers %s
        Subsystem sftp internal-sftp
        ForceCommand internal-sftp %s
        """
            .formatted(
                port,
                home.resolve("host-ed25519"),
                home.resolve("host-rsa"),
                home.resolve("authorized_keys"),
                ROOT ? "yes" : "no",
                USER,
                options));
    if (ROOT) {
      // Where it locks away the part of itself that speaks to strangers.
      Files.createDirectories(Path.of("/run/sshd"));
    }
    Process started =
        new ProcessBuilder(
                List.of(PROGRAM.toString(), "-D", "-f", config.toString(), "-E", log.toString()))
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("sshd.out").toFile())
            .start();
    try {
      await().atMost(Duration.ofSeconds(20)).until(() -> listens(started));
    } catch (RuntimeException e) {
      started.destroyForcibly();
      throw new IllegalStateException(
          "sshd does not start (%s): %s"
              .formatted(Files.readString(home.resolve("sshd.out")), Files.readString(log)),
          e);
    }
    return started;
  }

  private boolean listens(Process started) {
    if (!started.isAlive()) {
      throw new IllegalStateException("it has ended with status " + started.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() == 'S';
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts it anew with options of sftp-server. */
  public void restart(String sftpOptions) throws IOException {
    kill();
    options = sftpOptions;
    process = start();
  }

  /** Ends it, and the processes of all connections, as a power cut does. */
  public void kill() {
    List<ProcessHandle> children;
    try (Stream<ProcessHandle> all = process.descendants()) {
      children = all.toList();
    }
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    children.forEach(child -> child.onExit().join());
  }

  public int port() {
    return port;
  }

  /** A directory of the account's that nobody has used. */
  public Path directory() throws IOException {
    return own(Files.createDirectory(home.resolve("store-" + directories.incrementAndGet())));
  }

  /** Gives a file to the account. */
  public static Path own(Path path) throws IOException {
    UserPrincipal user =
        path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
    return Files.setOwner(path, user);
  }

  public Path key(String name) {
    return home.resolve(name);
  }

  /** What is known of the server's keys: the type and the key, as in known_hosts. */
  public String hostKey(String type) {
    return publicKey("host-" + type);
  }

  private String publicKey(String name) {
    try {
      String[] words = Files.readString(home.resolve(name + ".pub")).trim().split(" ", -1);
      return words[0] + " " + words[1];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the object_storage of a directory into a site, by way of this port. */
  public ObjectNode storage(ObjectNode storage, Path directory, int byPort) {
    storage.removeAll();
    return storage
        .put("storage_type", "sftp")
        .put("server", "127.0.0.1")
        .put("port", byPort)
        .put("username", USER)
        .put("private_key", key("client").toString())
        .put("host_key", hostKey("ed25519"))
        .put("directory", directory.toString());
  }

  public void storage(ObjectNode storage, Path directory) {
    storage(storage, directory, port);
  }

  private void keygen(String type, String name) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "pghoard test"));
    command.addAll(List.of("-f", home.resolve(name).toString()));
    Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (made.onExit().join().exitValue() != 0) {
      throw new IllegalStateException("ssh-keygen failed: " + output);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> children;
    try (Stream<ProcessHandle> all = process.descendants()) {
      children = all.toList();
    }
    process.destroy();
    children.forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
