// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.Credentials;
import io.pghoard.config.PghoardConfig;
import io.pghoard.repository.DurableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file by which a restored cluster's restore_command knows webserver_username and
 * webserver_password, a line each. Every role can read the setting itself.
 *
 * <p>It lies beside the data directory: in it, it would get into base backups, and onto standbys.
 */
record RestoreCredentials(Path file, Credentials credentials) {
  static final String SUFFIX = ".pghoard_credentials";

  /** Of a cluster in this data directory; null when the daemon asks for none. */
  static @Nullable RestoreCredentials of(PghoardConfig config, Path dataDirectory) {
    Credentials credentials = config.credentials();
    return credentials == null
        ? null
        : new RestoreCredentials(
            dataDirectory.resolveSibling(dataDirectory.getFileName() + SUFFIX), credentials);
  }

  /** What restore_command says of it. */
  String option() {
    return " --credentials " + RestoreCommand.word(file.toString());
  }

  /**
   * Refuses a place where it can be neither written nor found.
   *
   * @throws RestoreRefusedException with what to do
   */
  void requirePossible() throws IOException {
    Path directory = file.getParent();
    if (!isThere() && (directory == null || !Files.isWritable(directory))) {
      throw new RestoreRefusedException(
          "restore_command needs %s, a file of mode 0600 that has webserver_username and webserver_password, a line each, and %s may not be written: make the file, or the directory writable"
              .formatted(file, directory));
    }
  }

  private boolean isThere() throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !Files.isReadable(file)) {
      return false;
    }
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
    return Files.size(file) < 4096
        && rights.stream().allMatch(right -> right.name().startsWith("OWNER"))
        && new DurableText(file).read().equals(text());
  }

  /** Writes it, for its owner alone. */
  void write() throws IOException {
    if (!isThere()) {
      new DurableText(file).write(text());
    }
  }

  private String text() {
    return credentials.username() + "\n" + credentials.password() + "\n";
  }
}
