// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.Credentials;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Base64;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's own {@code GET /health}, asked over HTTP as anybody else would: an answer needs a
 * free file descriptor, HTTP's threads, and the routes.
 */
public final class HealthProbe {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final Set<String> ALL_ADDRESSES = Set.of("", "0.0.0.0", "::");

  private final Sites sites;
  private final IntSupplier port;

  public HealthProbe(Sites sites, IntSupplier port) {
    this.sites = sites;
    this.port = port;
  }

  /**
   * Returns when the daemon works.
   *
   * @throws IOException when it does not answer, or says that it does not work
   */
  public void check() throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address().toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    Credentials credentials = sites.config().credentials();
    if (credentials != null) {
      String text = credentials.username() + ":" + credentials.password();
      connection.setRequestProperty(
          "Authorization", "Basic " + Base64.getEncoder().encodeToString(text.getBytes(UTF_8)));
    }
    try {
      int status = connection.getResponseCode();
      String answer =
          text(status < 400 ? connection.getInputStream() : connection.getErrorStream());
      if (status != 200) {
        throw new IOException("GET /health answered " + status + ": " + answer.strip());
      }
    } catch (IOException e) {
      connection.disconnect();
      throw e;
    }
  }

  private URI address() {
    String host = sites.config().httpAddress();
    String shown = ALL_ADDRESSES.contains(host) ? "127.0.0.1" : host;
    return URI.create(
        "http://"
            + (shown.contains(":") ? "[" + shown + "]" : shown)
            + ":"
            + port.getAsInt()
            + "/health");
  }

  private static String text(@Nullable InputStream stream) throws IOException {
    try (stream) {
      return stream == null ? "" : new String(stream.readAllBytes(), UTF_8);
    }
  }
}
