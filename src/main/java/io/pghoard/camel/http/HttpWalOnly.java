// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Lets in what asks for files of WAL, and nothing else: the gate of a process that serves a
 * recovering server and is no daemon. It knows how long nobody has asked.
 */
public final class HttpWalOnly implements Handler<RoutingContext> {
  private static final Pattern WAL = Pattern.compile("/[^/]+/(archive|xlog|timeline)/[^/]+");
  private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final LongSupplier nanoTime;
  private int underWay;
  private long lastEnd;

  /**
   * A gate where nobody has asked yet.
   *
   * @param nanoTime a clock that nobody sets
   */
  public HttpWalOnly(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastEnd = nanoTime.getAsLong();
  }

  @Override
  public void handle(RoutingContext request) {
    if (!READING.contains(request.request().method())
        || !WAL.matcher(request.request().path()).matches()) {
      new HttpRefusal(
              404,
              "this process only gives WAL to a server that recovers",
              "ask the pghoard daemon of the site")
          .answer(request);
      return;
    }
    began();
    request.addEndHandler(ended -> ended());
    request.next();
  }

  private synchronized void began() {
    underWay++;
  }

  private synchronized void ended() {
    underWay--;
    lastEnd = nanoTime.getAsLong();
  }

  /** For how long there has been no request; zero while there is one. */
  public synchronized Duration quiet() {
    return underWay > 0 ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - lastEnd);
  }
}
