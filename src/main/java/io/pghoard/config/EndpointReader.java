// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code host}, {@code port} and {@code is_secure} of a cloud's store: another server in
 * place of the cloud's own.
 *
 * @param cloud as messages name it
 */
record EndpointReader(Section storage, String cloud) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9a-fA-F:]+");

  /** Where the other server is, without a slash at its end; null for the cloud itself. */
  @Nullable URI read() {
    String host = storage.text("host");
    boolean secure = storage.truth("is_secure", true);
    Long port = storage.whole("port", new Range(1, 65_535));
    if (host != null && !HOST.matcher(host).matches()) {
      storage.wrong(
          "host",
          "\"" + host + "\" is neither a host name nor an address",
          "write only the name; is_secure chooses https, port the port");
      return null;
    }
    if (host == null) {
      if (port != null || !secure) {
        storage.wrong(
            port == null ? "is_secure" : "port",
            cloud + " itself has no other",
            "set host, that of an emulator, or remove the key");
      }
      return null;
    }
    String shown = host.contains(":") ? "[" + host + "]" : host;
    String where = port == null ? shown : shown + ":" + port;
    return URI.create("%s://%s".formatted(secure ? "https" : "http", where));
  }
}
