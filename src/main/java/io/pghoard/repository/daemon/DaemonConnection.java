// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.Credentials;
import io.pghoard.config.DaemonStorage;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Asks a daemon; every answer is one that it gave itself. */
final class DaemonConnection {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final DaemonStorage daemon;
  private final DaemonFailure failure;
  private final @Nullable String login;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  DaemonConnection(DaemonStorage daemon) {
    this.daemon = daemon;
    this.failure = new DaemonFailure(daemon);
    Credentials credentials = daemon.credentials();
    this.login =
        credentials == null
            ? null
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (credentials.username() + ":" + credentials.password()).getBytes(UTF_8));
  }

  /** How long a transfer is tried again while nothing arrives. */
  Duration retryFor() {
    return daemon.retryFor();
  }

  /** The failure of a transfer that was lost. */
  IOException lost(String deed, IOException cause) {
    return failure.of(deed, cause);
  }

  /**
   * A request.
   *
   * @param path its parts, which are made fit for a URL here
   */
  HttpRequest.Builder request(Duration patience, String... path) {
    StringBuilder text = new StringBuilder();
    for (String part : path) {
      // A slash in a part separates parts too; and in a path a plus sign stands for itself.
      String encoded = URLEncoder.encode(part, UTF_8).replace("+", "%20").replace("%2F", "/");
      text.append('/').append(encoded);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(daemon.address() + text.toString())).timeout(patience);
    if (login != null) {
      request.header("Authorization", login);
    }
    return request;
  }

  /**
   * Sends a request whose answer must be a success.
   *
   * @param deed what cannot be done where it is none
   * @param key that is asked for, or null
   * @param type the media type of the answer, or "" for any
   */
  HttpResponse<InputStream> send(
      String deed, @Nullable ObjectKey key, String type, HttpRequest request) throws IOException {
    HttpResponse<InputStream> answer;
    try {
      answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted: " + deed);
      interrupted.initCause(e);
      throw interrupted;
    } catch (IOException e) {
      throw failure.of(deed, e);
    }
    if (answer.statusCode() != 200 && answer.statusCode() != 201) {
      throw failure.of(deed, key, answer);
    }
    String given = answer.headers().firstValue("Content-Type").orElse("");
    if (!type.isEmpty() && !given.equals(type)) {
      answer.body().close();
      throw failure.foreign(deed, given);
    }
    return answer;
  }
}
