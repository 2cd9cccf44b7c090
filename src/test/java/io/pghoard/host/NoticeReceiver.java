// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static org.awaitility.Awaitility.await;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A datagram socket in the place of systemd's, and what was sent to it, in Python. */
public final class NoticeReceiver implements Closeable {
  private static final String SCRIPT =
      """
      import socket, sys
      name, received = sys.argv[1:]
      listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      listening.bind("\\0" + name[1:] if name[0] == "@" else name)
      with open(received, "ab", 0) as out:
          out.write(b"listening\\n")
          while True:
              out.write(listening.recv(65536).replace(b"\\n", b";") + b"\\n")
      """;

  /** What NOTIFY_SOCKET is to say. */
  public final String name;

  private final Path received;
  private final Process process;

  /** Listens on a socket of this name, a path or one with an @ before it. */
  public NoticeReceiver(String name, Path directory) throws IOException {
    this.name = name;
    this.received = directory.resolve("notices");
    this.process =
        new ProcessBuilder("python3", "-c", SCRIPT, name, received.toString()).inheritIO().start();
    await()
        .failFast("the receiver has ended", () -> !process.isAlive())
        .until(() -> Files.exists(received) && Files.size(received) > 0);
  }

  /** What has arrived, a line a datagram, with semicolons for its line feeds. */
  public List<String> notices() throws IOException {
    List<String> all = Files.readAllLines(received);
    return all.subList(1, all.size());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
