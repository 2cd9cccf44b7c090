// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a request that failed before it came to its route: too long, say, or left. */
final class HttpCut implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpCut.class);
  private static final int TOO_LARGE = 413;
  private static final int FAULT = 500;

  private final long largestBody;

  HttpCut(long largestBody) {
    this.largestBody = largestBody;
  }

  @Override
  public void handle(RoutingContext request) {
    HttpShares.leave(request);
    if (request.failure() instanceof HttpClosedException) {
      // Nobody is there to be answered, and every visitor who hangs up would fill the log.
      return;
    }
    int status = request.statusCode() < 400 ? FAULT : request.statusCode();
    if (status == TOO_LARGE) {
      // What is still to come of it is not read.
      new HttpRefusal(
              TOO_LARGE, "the body is longer than " + largestBody + " bytes", "send a shorter one")
          .answer(request, Map.of("Connection", "close"));
      return;
    }
    if (status >= FAULT) {
      LOG.error("{} failed", HttpRefusal.asked(request), request.failure());
    }
    new HttpRefusal(
            status,
            status < FAULT ? "this is no request that is understood" : "pghoard failed",
            status < FAULT ? "docs/http-api.md lists what there is" : "the log has more")
        .answer(request);
  }
}
