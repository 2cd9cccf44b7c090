// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.state.LostThreads;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;

/**
 * Whether the daemon's own parts work: every route that should run does, and no thread was lost.
 */
public final class Health {
  private final LostThreads lostThreads;
  private final Supplier<List<String>> troubles;

  /**
   * Looks at these.
   *
   * @param troubles what else an operator should know
   */
  public Health(LostThreads lostThreads, Supplier<List<String>> troubles) {
    this.lostThreads = lostThreads;
    this.troubles = troubles;
  }

  /**
   * The answer, with the HTTP status 503 in the variable {@code httpStatus} when a part is down.
   */
  public Map<String, Object> check(Exchange exchange) {
    CamelContext context = exchange.getContext();
    Map<String, String> down = new TreeMap<>();
    for (Route route : context.getRoutes()) {
      ServiceStatus status = context.getRouteController().getRouteStatus(route.getRouteId());
      // One that a reload is about to take away has not failed.
      boolean moving = status != null && (status.isStarting() || status.isStopping());
      if (status != null && !status.isStarted() && !moving && shouldRun(route)) {
        down.put(route.getRouteId(), status.name());
      }
    }
    Map<String, String> lost = lostThreads.all();
    boolean up = down.isEmpty() && lost.isEmpty();
    if (!up) {
      exchange.setVariable("httpStatus", 503);
    }
    return Map.of(
        "status",
        up ? "UP" : "DOWN",
        "routes",
        context.getRoutesSize(),
        "down",
        down,
        "lost_threads",
        lost,
        // No reason to be restarted, which would end the base backups of all sites.
        "troubles",
        troubles.get());
  }

  /** An operator may have a route that is started by hand. */
  private static boolean shouldRun(Route route) {
    return !Boolean.FALSE.equals(route.isAutoStartup());
  }
}
