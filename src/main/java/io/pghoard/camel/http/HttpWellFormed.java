// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers 400 to what is no request before the router sees it, which would write each into the log
 * with a stack trace.
 */
record HttpWellFormed(Handler<HttpServerRequest> router) implements Handler<HttpServerRequest> {
  /** Vert.x fails at a name that ends in a %. */
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._~-]+(:[0-9]{0,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{0,5})?");

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  @Override
  public void handle(HttpServerRequest request) {
    String wrong = wrong(request);
    if (wrong == null) {
      router.handle(request);
      return;
    }
    JsonObject answer =
        new JsonObject().put("request", request.method() + " " + request.uri()).put("error", wrong);
    request
        .response()
        .setStatusCode(400)
        .putHeader("Content-Type", "application/json")
        .putHeader("Connection", "close")
        .end(answer.encode() + "\n");
  }

  private static @Nullable String wrong(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith("/")) {
      return "the path does not begin with a slash";
    }
    if (BROKEN_ESCAPE.matcher(request.uri()).find()) {
      return "a % in the path or the query is not followed by two hexadecimal digits";
    }
    List<String> hosts = request.headers().getAll("Host");
    boolean needed = request.version() == HttpVersion.HTTP_1_1;
    if (hosts.size() > 1
        || (hosts.isEmpty() && needed)
        || !hosts.stream().allMatch(host -> HOST.matcher(host).matches())) {
      return "there must be one Host header, with a name or an address";
    }
    return null;
  }
}
