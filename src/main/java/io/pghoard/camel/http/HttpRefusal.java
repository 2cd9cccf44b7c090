// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/**
 * A request that is not served.
 *
 * @param error what is wrong
 * @param remedy what to do
 */
record HttpRefusal(int status, String error, String remedy) {
  /** Of a request that would be served at another time. */
  static final int BUSY = 503;

  /** Answers with it. */
  void answer(RoutingContext request) {
    answer(request, Map.of());
  }

  /** Answers with it and some headers. */
  void answer(RoutingContext request, Map<String, String> headers) {
    if (request.response().ended() || request.response().closed()) {
      return;
    }
    JsonObject answer =
        new JsonObject().put("request", asked(request)).put("error", error).put("remedy", remedy);
    headers.forEach(request.response()::putHeader);
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(answer.encode() + "\n");
  }

  /** Method and path, without the query. */
  static String asked(RoutingContext request) {
    return request.request().method() + " " + request.request().path();
  }
}
