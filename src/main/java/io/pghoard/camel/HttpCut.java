// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** What becomes of a request that never came to its end: it was too long, or the client left. */
final class HttpCut implements Handler<RoutingContext> {
  private static final int TOO_LARGE = 413;

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
    if (request.statusCode() != TOO_LARGE) {
      request.next();
      return;
    }
    JsonObject answer =
        new JsonObject()
            .put("request", request.request().method() + " " + request.request().path())
            .put("error", "the body is longer than " + largestBody + " bytes");
    request
        .response()
        .setStatusCode(TOO_LARGE)
        .putHeader("Content-Type", "application/json")
        // What is still to come of it is not read.
        .putHeader("Connection", "close")
        .end(answer.encode() + "\n");
  }
}
