// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.pghoard.config.DaemonStorage;
import io.pghoard.repository.NetworkFailure;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says what is wrong where a daemon does not give what it was asked for. */
record DaemonFailure(DaemonStorage daemon) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST = 1 << 16;

  /** What passes: it is busy, or its store is down, or what stands before it has lost it. */
  private static final Set<Integer> PASSING = Set.of(429, 500, 502, 503, 504);

  /** What a pghoard answers that does not know the path, the Python one too. */
  private static final Set<Integer> UNKNOWN_PATH = Set.of(400, 404, 405, 501);

  /**
   * The failure of an answer that is no success.
   *
   * @param deed what cannot be done: "get xlog/..."
   * @param key that was asked for, or null
   */
  IOException of(String deed, @Nullable ObjectKey key, HttpResponse<InputStream> answer)
      throws IOException {
    int status = answer.statusCode();
    JsonNode said = said(answer);
    String start = "cannot " + deed + ": ";
    if (status == 401) {
      return new PermanentStorageException(start + credentials());
    }
    if (status >= 300 && status < 400) {
      String to = answer.headers().firstValue("Location").orElse("another address");
      return new PermanentStorageException(
          start
              + "%s redirects to %s, and redirects are not followed, as they could lead the password elsewhere; give --from that address if it is the right one"
                  .formatted(address(), to));
    }
    String missing = said.path("missing").asText();
    if (status == 404 && missing.equals("object") && key != null) {
      return new ObjectMissingException(key);
    }
    String error = said.path("error").asText();
    if (UNKNOWN_PATH.contains(status) && missing.isEmpty() && !isOurs(said, status)) {
      return new PermanentStorageException(
          start
              + "%s answers %d%s, so it does not serve restores on other machines: that needs pghoard 3.0.0 or newer there; upgrade it, or restore on the daemon's machine"
                  .formatted(address(), status, error.isEmpty() ? "" : " (" + error + ")"));
    }
    String why =
        error.isEmpty()
            ? "%s answers %d".formatted(address(), status)
            : "%s answers %d: %s".formatted(address(), status, error);
    String remedy = said.path("remedy").asText();
    String text = start + why + (remedy.isEmpty() ? "" : "; " + remedy);
    return PASSING.contains(status) ? new IOException(text) : new PermanentStorageException(text);
  }

  /** Whether it is the answer of an operation, and not of a server that has no such path. */
  private static boolean isOurs(JsonNode said, int status) {
    return status == 400 && said.has("error");
  }

  /** The failure of an answer that is a success, but not of the kind that was asked for. */
  IOException foreign(String deed, String type) {
    return new PermanentStorageException(
        "cannot %s: what answers at %s is not a pghoard daemon of version 3.0.0 or newer (it sends %s); check --from"
            .formatted(deed, address(), type.isEmpty() ? "no media type" : type));
  }

  /** The failure of a request that has no answer. */
  IOException of(String deed, IOException cause) {
    if (cause instanceof HttpTimeoutException) {
      return new IOException(
          "cannot %s: %s did not answer in time".formatted(deed, address()), cause);
    }
    SSLException tls = find(cause);
    if (tls != null && String.valueOf(tls.getMessage()).contains("SSL message")) {
      return new PermanentStorageException(
          "cannot %s: %s does not speak TLS. pghoard itself speaks http:// only; https:// is for a reverse proxy in front of it"
              .formatted(deed, address()),
          cause);
    }
    return NetworkFailure.of(deed, "the daemon at " + address(), cause);
  }

  private String credentials() {
    return daemon.credentials() == null
        ? "the daemon at %s asks for a user name and a password; give them in a file: --credentials FILE"
            .formatted(address())
        : "the daemon at %s refuses the user name \"%s\" or its password; they must be its webserver_username and webserver_password"
            .formatted(address(), daemon.credentials().username());
  }

  private URI address() {
    return daemon.address();
  }

  /** The JSON object that an error of pghoard's is; nothing where it is something else. */
  private static JsonNode said(HttpResponse<InputStream> answer) throws IOException {
    try (InputStream body = answer.body()) {
      JsonNode said = JSON.readTree(body.readNBytes(LARGEST));
      return said == null ? MissingNode.getInstance() : said;
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private static @Nullable SSLException find(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException tls) {
        return tls;
      }
    }
    return null;
  }
}
