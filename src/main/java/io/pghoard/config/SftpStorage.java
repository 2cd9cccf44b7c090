// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Objects on a server that speaks SFTP; its text shows no secret.
 *
 * @param directory the repository's root on the server, "" for the one that a login leads to
 * @param prefix put before every key, without slashes at its ends; "" for none
 * @param access time-outs; there is no proxy
 */
public record SftpStorage(
    String server,
    int port,
    Login login,
    HostKeyRule hostKey,
    String directory,
    String prefix,
    RemoteAccess access)
    implements StorageConfig {

  /**
   * Who logs in, and how; its text shows no more than who.
   *
   * @param privateKey a key in PEM, or the path of a file with one
   */
  public record Login(String username, @Nullable String password, @Nullable String privateKey) {
    /** Whether a text is a key itself, and not a path. */
    static boolean isPem(String privateKey) {
      return privateKey.contains("-----BEGIN");
    }

    /** The file of the key, or null when there is none. */
    public @Nullable Path keyFile() {
      return privateKey == null || isPem(privateKey) ? null : Path.of(privateKey);
    }

    @Override
    public String toString() {
      return username;
    }
  }

  /**
   * By what the server is known for the right one; by nothing when neither is there.
   *
   * @param key a public key, {@code ssh-ed25519 AAAA...}, or a fingerprint, {@code SHA256:...}
   * @param knownHosts a file as OpenSSH has it
   */
  public record HostKeyRule(@Nullable String key, @Nullable Path knownHosts) {}

  /** The directory below which all objects lie, "" for the one that a login leads to. */
  public String root() {
    return below(directory, prefix);
  }

  /** A path below a directory; either may be "". */
  public static String below(String directory, String path) {
    if (directory.isEmpty() || path.isEmpty()) {
      return directory + path;
    }
    return directory.endsWith("/") ? directory + path : directory + "/" + path;
  }

  @Override
  public StorageType type() {
    return StorageType.SFTP;
  }

  @Override
  public boolean readsAreFree() {
    return true;
  }

  @Override
  public Path place() {
    String home = directory.startsWith("/") ? "" : login.username();
    return Path.of("sftp:", server + ":" + port, home, root());
  }
}
