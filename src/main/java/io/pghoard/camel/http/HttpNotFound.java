// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Answers what no route has: 404, or 405 with the methods that the path does take. */
record HttpNotFound(Router router) implements Handler<RoutingContext> {
  private static final Pattern PARAMETER = Pattern.compile(":[^/]+");

  @Override
  public void handle(RoutingContext request) {
    String path = request.normalizedPath();
    Set<String> allowed = new TreeSet<>();
    for (Route route : router.getRoutes()) {
      Set<HttpMethod> methods = route.methods();
      if (route.getPath() != null && methods != null && matches(route, path)) {
        methods.forEach(method -> allowed.add(method.name()));
      }
    }
    JsonObject answer = new JsonObject().put("request", request.request().method() + " " + path);
    if (allowed.isEmpty()) {
      answer.put("error", "there is nothing at this path; docs/http-api.md lists what there is");
    } else {
      request.response().putHeader("Allow", String.join(", ", allowed));
      answer.put("error", "this path takes " + String.join(", ", allowed));
    }
    request
        .response()
        .setStatusCode(allowed.isEmpty() ? 404 : 405)
        .putHeader("Content-Type", "application/json")
        .end(answer.encode() + "\n");
  }

  private static boolean matches(Route route, String path) {
    String pattern = PARAMETER.matcher(String.valueOf(route.getPath())).replaceAll("[^/]+");
    // Of a path that ends in an asterisk this is its start.
    return path.matches(route.isExactPath() ? pattern : pattern + ".*");
  }
}
