// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connections of clients that take too long to send a request, its first line, its
 * headers or its body; how long an answer takes is not counted. Otherwise they could hold all file
 * descriptors, and PostgreSQL would not be served.
 */
final class HttpPatience implements Handler<RoutingContext> {
  private final long millis;
  private final Map<HttpConnection, Waiting> waiting = new ConcurrentHashMap<>();

  /** For what, and since when by {@link System#nanoTime}: a request, or the body of this one. */
  private record Waiting(long since, @Nullable HttpServerRequest body) {}

  /**
   * A limit for each request of each connection.
   *
   * @param millis from the connection, from the headers, or from the end of the request before
   */
  HttpPatience(Vertx vertx, long millis) {
    this.millis = millis;
    vertx.setPeriodic(Math.max(1, millis / 10), tick -> look());
  }

  /** A client has connected. */
  void connected(HttpConnection connection) {
    connection.closeHandler(closed -> waiting.remove(connection));
    waiting.put(connection, new Waiting(System.nanoTime(), null));
  }

  /** The headers are there: now the body is waited for, and after the answer the next request. */
  @Override
  public void handle(RoutingContext context) {
    HttpConnection connection = context.request().connection();
    waiting.put(connection, new Waiting(System.nanoTime(), context.request()));
    context.addEndHandler(
        // A connection that was closed is not in the map any more.
        end -> waiting.replace(connection, new Waiting(System.nanoTime(), null)));
    context.next();
  }

  private void look() {
    long now = System.nanoTime();
    waiting.forEach(
        (connection, each) -> {
          boolean came = each.body() != null && each.body().isEnded();
          if (!came && now - each.since() > TimeUnit.MILLISECONDS.toNanos(millis)) {
            connection.close();
          }
        });
  }
}
