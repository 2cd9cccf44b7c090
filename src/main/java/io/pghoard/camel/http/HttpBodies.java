// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets the body of a request in: JSON, where there may be one, and not too many at once, as each is
 * taken into memory.
 */
public final class HttpBodies implements Handler<RoutingContext> {
  /** The requests that have a body are JSON of a few lines. */
  static final long LARGEST = 64 << 10;

  private static final int MOST = 32;

  /** What can be pasted into a shell. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9./_:-]+");

  private final AtomicInteger inFlight = new AtomicInteger();

  @Override
  public void handle(RoutingContext request) {
    if (!isThere(request)) {
      request.next();
      return;
    }
    HttpRefusal refusal = refusal(request);
    if (refusal != null) {
      // What is still to come of it is not read.
      refusal.answer(request, Map.of("Connection", "close"));
    } else if (inFlight.incrementAndGet() > MOST) {
      inFlight.decrementAndGet();
      new HttpRefusal(
              HttpRefusal.BUSY,
              MOST + " other requests with a body are under way",
              "repeat the request in a moment")
          .answer(request, Map.of("Connection", "close", "Retry-After", "1"));
    } else {
      request.addEndHandler(end -> inFlight.decrementAndGet());
      request.next();
    }
  }

  /** Whether a request says that it has a body. */
  static boolean isThere(RoutingContext request) {
    String length = request.request().getHeader("Content-Length");
    return request.request().getHeader("Transfer-Encoding") != null
        || (length != null && !length.equals("0"));
  }

  private static @Nullable HttpRefusal refusal(RoutingContext request) {
    HttpMethod method = request.request().method();
    if (method.equals(HttpMethod.PUT)) {
      return new HttpRefusal(
          400,
          "a PUT takes no body: pghoard reads the file that the path names from pg_wal",
          "send the request without a body, from where pghoard can read the data directory");
    }
    if (!method.equals(HttpMethod.POST)) {
      return new HttpRefusal(400, "a " + method + " takes no body", "send it without a body");
    }
    String type = request.request().getHeader("Content-Type");
    if (type == null || !isJson(type)) {
      return new HttpRefusal(
          415,
          "the body must be JSON, and its Content-Type application/json",
          "curl -H 'Content-Type: application/json' -d '{\"target_dir\": \"/DIRECTORY\"}' "
              + address(request));
    }
    return null;
  }

  private static boolean isJson(String type) {
    int parameters = type.indexOf(';');
    String bare = parameters < 0 ? type : type.substring(0, parameters);
    return bare.strip().toLowerCase(Locale.ROOT).equals("application/json");
  }

  private static String address(RoutingContext request) {
    String host = request.request().getHeader("Host");
    String address = (host == null ? "localhost:16000" : host) + request.request().path();
    return PLAIN.matcher(address).matches() ? address : "localhost:16000/SITE/restore";
  }
}
