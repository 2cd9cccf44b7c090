// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a restored cluster asks a pghoard for files of WAL: its restore_command, but for the site.
 *
 * @param program the absolute path of pghoard_postgres_command
 * @param address where that pghoard listens, "" for all addresses
 * @param port where that pghoard listens
 * @param tls whether it is reached by https, which a reverse proxy speaks for it
 * @param config pghoard.json, by which the repository itself is read and no pghoard asked, or null
 */
public record RestoreCommand(
    Path program, String address, int port, boolean tls, @Nullable Path config) {
  private static final Set<String> THIS_HOST =
      Set.of("", "127.0.0.1", "localhost", "0.0.0.0", "::", "::1");

  public RestoreCommand {
    requireAbsolute("pghoard_postgres_command", program);
    if (config != null) {
      requireAbsolute("the configuration", config);
    }
  }

  private static void requireAbsolute(String what, Path path) {
    if (!path.isAbsolute() || path.toString().chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "the path of " + what + " must be absolute, without control characters: " + path);
    }
  }

  /** One that asks a pghoard over http. */
  public RestoreCommand(Path program, String address, int port) {
    this(program, address, port, false, null);
  }

  /**
   * One that asks the pghoard at an address.
   *
   * @param daemon scheme, host and port
   */
  public static RestoreCommand from(Path program, URI daemon) {
    String host = daemon.getHost();
    return new RestoreCommand(
        program,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        daemon.getPort(),
        daemon.getScheme().equals("https"),
        null);
  }

  /** One that reads the repository itself, as the configuration says, and asks no daemon. */
  public static RestoreCommand ofRepository(Path program, Path config) {
    return new RestoreCommand(program, "", 0, false, config);
  }

  /** The command as the setting has it, which PostgreSQL hands to the shell. */
  public String text(SiteName site) {
    StringBuilder text = new StringBuilder();
    text.append(word(program.toString())).append(" --mode restore");
    if (config != null) {
      text.append(" --config ").append(word(config.toString()));
    } else if (tls) {
      String host = address.contains(":") ? "[" + address + "]" : address;
      text.append(" --from ").append(word("https://" + host + ":" + port));
    } else {
      if (!THIS_HOST.contains(address)) {
        text.append(" --host ").append(word(address));
      }
      text.append(" --port ").append(port);
    }
    text.append(" --site ").append(site);
    return text.append(" --restart-point %r --output %p --xlog %f").toString();
  }

  /** One word for the shell; for PostgreSQL, a percent sign in it doubled. */
  static String word(String text) {
    return text.matches("[A-Za-z0-9/._+:-]+")
        ? text
        : "'" + text.replace("'", "'\\''").replace("%", "%%") + "'";
  }

  @Override
  public String toString() {
    return program + " " + (config == null ? address + ":" + port : config);
  }
}
