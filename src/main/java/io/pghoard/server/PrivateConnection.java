// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;

/**
 * Parameters of a connection that may be seen by every user of the machine, as a program's
 * arguments are: the password is in a file that only this user can read.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/15/libpq-pgpass.html">The Password File</a>.
 */
public final class PrivateConnection {
  /**
   * Where the node does not say otherwise: a host that is gone is noticed within a minute, and not
   * after the quarter of an hour, or the two hours, that TCP waits by itself.
   */
  private static final Map<String, String> DEFAULTS =
      new TreeMap<>(
          Map.of(
              "application_name", "pghoard",
              "connect_timeout", "10",
              "keepalives_idle", "30",
              "keepalives_interval", "10",
              "keepalives_count", "3",
              "tcp_user_timeout", "30000"));

  private PrivateConnection() {}

  /**
   * Takes the password out.
   *
   * @param passwordFile written if there is a password; the caller removes it
   */
  public static ConnectionInfo of(ConnectionInfo node, Path passwordFile) throws IOException {
    ConnectionInfo shown = node.without("password");
    for (Map.Entry<String, String> each : DEFAULTS.entrySet()) {
      if (!node.parameters().containsKey(each.getKey())) {
        shown = shown.with(each.getKey(), each.getValue());
      }
    }
    String password = node.parameters().get("password");
    if (password == null) {
      return shown;
    }
    write(passwordFile, "*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n");
    return shown.with("passfile", passwordFile.toString());
  }

  private static void write(Path file, String line) throws IOException {
    var onlyOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path written = Files.createTempFile(file.toAbsolutePath().getParent(), ".pass", "", onlyOwner);
    try {
      Files.write(written, line.getBytes(UTF_8));
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
