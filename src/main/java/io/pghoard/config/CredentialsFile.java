// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that has a daemon's user name and password, a line each, and that only its owner may read:
 * the same that pghoard_postgres_command takes.
 */
public record CredentialsFile(Path file) {
  private static final int LARGEST = 4096;
  private static final int GROUP_AND_OTHERS = 0077;

  /**
   * Reads it.
   *
   * @throws IOException with what to do
   */
  public Credentials read() throws IOException {
    int mode;
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      mode = (Integer) Files.getAttribute(file, "unix:mode");
      bytes = in.readNBytes(LARGEST);
    } catch (IOException e) {
      throw new IOException(
          "the credentials cannot be read: %s; make the file, of mode 0600, with the user name and the password, a line each"
              .formatted(FileFailure.reason(e)),
          e);
    }
    if ((mode & GROUP_AND_OTHERS) != 0) {
      throw new IOException(
          "%s holds a password, and others than its owner have rights to it: chmod 600 %s"
              .formatted(file, file));
    }
    List<String> lines = new String(bytes, UTF_8).lines().toList();
    if (lines.size() != 2 || lines.get(0).isEmpty() || lines.get(1).isEmpty()) {
      throw new IOException(
          "%s must have two lines, the user name and the password".formatted(file));
    }
    return new Credentials(lines.get(0), lines.get(1));
  }
}
