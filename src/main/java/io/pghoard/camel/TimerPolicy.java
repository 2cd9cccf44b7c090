// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.alert.TimerRoute;
import io.pghoard.alert.TimerRuns;
import io.pghoard.config.Causes;
import io.pghoard.config.SiteName;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.scheduler.SchedulerEndpoint;
import org.apache.camel.component.timer.TimerEndpoint;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;

/**
 * Follows the runs of every route that begins with {@code scheduler:}, or with an operator's {@code
 * timer:}, through all the routes that they go through.
 */
final class TimerPolicy extends RoutePolicySupport implements RoutePolicyFactory {
  private static final String RETENTION = "retention-apply";
  private static final String RETENTION_SCHEDULE = "site-retention-schedule";

  private final TimerRuns runs;

  TimerPolicy(TimerRuns runs) {
    this.runs = runs;
  }

  @Override
  public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
    return this;
  }

  /** Not before: a change of the routes is tried out on routes that are never started. */
  @Override
  public void onStart(Route route) {
    if (route.getEndpoint() instanceof SchedulerEndpoint scheduler) {
      boolean again = scheduler.getRepeatCount() <= 0;
      Duration pause = Duration.of(scheduler.getDelay(), scheduler.getTimeUnit().toChronoUnit());
      started(route, initialDelay(scheduler), again ? pause : null);
    } else if (route.getEndpoint() instanceof TimerEndpoint timer) {
      boolean again = timer.getRepeatCount() <= 0 && timer.getPeriod() > 0;
      started(route, timer.getDelay(), again ? Duration.ofMillis(timer.getPeriod()) : null);
    }
  }

  private static long initialDelay(SchedulerEndpoint scheduler) {
    return scheduler.getTimeUnit().toMillis(scheduler.getInitialDelay());
  }

  private void started(Route route, long delayMillis, @Nullable Duration period) {
    runs.started(
        new TimerRoute(
            route.getRouteId(),
            site(route),
            Objects.requireNonNullElse(route.getDescription(), ""),
            Duration.ofMillis(Math.max(0, delayMillis)),
            period));
  }

  private static @Nullable SiteName site(Route route) {
    String group = route.getGroup();
    boolean ofTemplate =
        group != null
            && route.getRouteId().startsWith("site-")
            && route.getRouteId().endsWith("-" + group);
    return ofTemplate ? new SiteName(group) : null;
  }

  @Override
  public void onStop(Route route) {
    runs.stopped(route.getRouteId());
  }

  @Override
  public void onExchangeBegin(Route route, Exchange exchange) {
    if (isTimer(route)) {
      runs.begun(route.getRouteId());
    } else {
      runs.moved(exchange.getFromRouteId());
    }
  }

  @Override
  public void onExchangeDone(Route route, Exchange exchange) {
    if (isTimer(route)) {
      runs.ended(route.getRouteId(), failure(exchange));
      return;
    }
    String from = exchange.getFromRouteId();
    runs.moved(from);
    if (!route.getRouteId().equals(RETENTION)) {
      return;
    }
    SiteName site = exchange.getVariable("site", SiteName.class);
    if (site != null) {
      // After a base backup; a failure in its own schedule is counted as that one's.
      String schedule = RETENTION_SCHEDULE + "-" + site;
      if (!schedule.equals(from)) {
        runs.cameTo(schedule, reason(exchange.getException()));
      }
    }
  }

  private static boolean isTimer(Route route) {
    return route.getEndpoint() instanceof SchedulerEndpoint
        || route.getEndpoint() instanceof TimerEndpoint;
  }

  /** What failed has come to the dead letter channel timer-failed by then. */
  private static @Nullable String failure(Exchange exchange) {
    if (exchange.getException() != null) {
      return reason(exchange.getException());
    }
    return exchange.getExchangeExtension().isFailureHandled()
        ? reason(exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class))
        : null;
  }

  private static @Nullable String reason(@Nullable Exception failure) {
    return failure == null ? null : Causes.reason(failure);
  }
}
