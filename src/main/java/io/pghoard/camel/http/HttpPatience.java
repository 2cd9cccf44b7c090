// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import com.sun.management.UnixOperatingSystemMXBean;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connections of clients that take too long to send a request, its first line, its
 * headers or its body; how long an answer takes is not counted. Of too many connections the one
 * that has waited longest is closed. Otherwise they could hold all file descriptors, and PostgreSQL
 * would not be served.
 */
final class HttpPatience implements Handler<RoutingContext> {
  /** Of connections; with a quarter of the descriptors that this process may have at most. */
  private static final int MOST = 512;

  private final long millis;
  private final int most;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<HttpConnection, Waiting> waiting = new ConcurrentHashMap<>();

  /** For what, and since when by {@link System#nanoTime}: a request, or the body of this one. */
  private record Waiting(long since, @Nullable HttpServerRequest body) {
    boolean stillWaits() {
      return body == null || !body.isEnded();
    }
  }

  /**
   * A limit for each request of each connection.
   *
   * @param millis from the connection, from the headers, or from the end of the request before
   */
  HttpPatience(Vertx vertx, long millis) {
    this.millis = millis;
    this.most = most();
    vertx.setPeriodic(Math.max(1, millis / 10), tick -> look());
  }

  private static int most() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? (int) Math.max(16, Math.min(MOST, system.getMaxFileDescriptorCount() / 4))
        : MOST;
  }

  /** A client has connected. */
  void connected(HttpConnection connection) {
    connection.closeHandler(
        closed -> {
          open.decrementAndGet();
          waiting.remove(connection);
        });
    if (open.incrementAndGet() > most) {
      waiting.entrySet().stream()
          .filter(each -> each.getValue().stillWaits())
          .min(Comparator.comparingLong(each -> each.getValue().since()))
          .map(Map.Entry::getKey)
          .orElse(connection)
          .close();
    }
    waiting.put(connection, new Waiting(System.nanoTime(), null));
  }

  /** The headers are there: now the body is waited for, and after the answer the next request. */
  @Override
  public void handle(RoutingContext context) {
    HttpConnection connection = context.request().connection();
    if (HttpBodies.isThere(context)) {
      waiting.put(connection, new Waiting(System.nanoTime(), context.request()));
    } else {
      waiting.remove(connection);
    }
    context.addEndHandler(
        end -> {
          if (end.succeeded()) {
            waiting.put(connection, new Waiting(System.nanoTime(), null));
          }
        });
    context.next();
  }

  private void look() {
    long now = System.nanoTime();
    waiting.forEach(
        (connection, each) -> {
          if (each.stillWaits() && now - each.since() > TimeUnit.MILLISECONDS.toNanos(millis)) {
            connection.close();
          }
        });
  }
}
