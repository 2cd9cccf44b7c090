// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.hook;

import io.pghoard.alert.AlertChange;
import io.pghoard.config.Causes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an operator's own routes what has happened. The flow neither waits for them nor fails with
 * them; a route that is still the empty one of the jar costs a look at its name.
 */
public final class Hooks {
  private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);
  private static final String ALERT = "hook_failed";
  private static final String SHIPPED = "classpath:";

  private final CamelContext context;
  private final ProducerTemplate producer;
  private final HookLimits limits;
  private final Map<Hook, HookQueue> queues = new EnumMap<>(Hook.class);
  private final Map<Hook, Boolean> filled = new EnumMap<>(Hook.class);

  public Hooks(CamelContext context, HookLimits limits, Clock clock, Clock steady) {
    this.context = context;
    this.producer = context.createProducerTemplate();
    this.limits = limits;
    for (Hook hook : Hook.values()) {
      queues.put(hook, new HookQueue(hook, limits.waiting(), clock, steady));
    }
    context.getManagementStrategy().addEventNotifier(new Stop());
  }

  /** Tells a route of this name after the events before it; never throws. */
  public void tell(String route, Exchange exchange) {
    try {
      Hook hook = Hook.of(route);
      if (isFilled(hook)) {
        Map<String, Object> facts = facts(hook, exchange);
        queue(hook).add(() -> run(hook, facts));
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      // The latter where the system gives no more threads.
      LOG.warn("{} is not told of what has happened: {}", route, Causes.reason(e));
    }
  }

  private HookQueue queue(Hook hook) {
    HookQueue queue = queues.get(hook);
    if (queue == null) {
      throw new IllegalStateException(hook + " has no queue");
    }
    return queue;
  }

  /** Whether an operator's route has taken the place of the empty one. */
  private boolean isFilled(Hook hook) {
    // By what it begins with: an operator may call it as they like.
    String endpoint = "direct://" + hook.route();
    Route route =
        context.getRoutes().stream()
            .filter(each -> each.getEndpoint().getEndpointUri().split("\\?", 2)[0].equals(endpoint))
            .findFirst()
            .orElse(null);
    synchronized (filled) {
      Resource source = route == null ? null : route.getSourceResource();
      // While it is replaced, there is none.
      return source == null
          ? filled.getOrDefault(hook, false)
          : remember(hook, !source.getLocation().startsWith(SHIPPED));
    }
  }

  private boolean remember(Hook hook, boolean now) {
    filled.put(hook, now);
    return now;
  }

  /** Values that stay as they are, as what they are of goes on. */
  private Map<String, Object> facts(Hook hook, Exchange exchange) {
    Map<String, Object> facts = new LinkedHashMap<>();
    for (Map.Entry<String, String> fact : hook.facts().entrySet()) {
      String value =
          context
              .resolveLanguage("simple")
              .createExpression(fact.getValue())
              .evaluate(exchange, String.class);
      if (value != null) {
        facts.put(fact.getKey(), value);
      }
    }
    return facts;
  }

  private @Nullable String run(Hook hook, Map<String, Object> facts) {
    try {
      Exchange told =
          producer.request(
              "direct:" + hook.route(), exchange -> facts.forEach(exchange::setVariable));
      return told.getException() == null ? null : Causes.reason(told.getException());
    } catch (RuntimeException e) {
      return Causes.reason(e);
    }
  }

  /** What it means for alerts; also ends calls that have taken too long. */
  public List<AlertChange> changes() {
    List<String> lines = new ArrayList<>();
    for (Hook hook : Hook.values()) {
      HookQueue queue = queue(hook);
      if (!isFilled(hook)) {
        queue.clear();
      }
      queue.interruptAfter(limits.longest());
      String trouble = queue.trouble(limits.patience());
      if (trouble != null) {
        lines.add(trouble);
      }
    }
    if (!lines.isEmpty()) {
      lines.add(
          "correct the route file of that name, or remove it; nothing else of pghoard waits for it");
    }
    return List.of(new AlertChange(ALERT, null, lines.isEmpty() ? null : String.join("\n", lines)));
  }

  /** Ends the call of a route that is about to be replaced; the next one waits for that. */
  public void hold(String route) {
    queue(Hook.of(route)).hold();
  }

  /** The route has been replaced. */
  public void release(String route) {
    queue(Hook.of(route)).release();
  }

  /** Whether a route is one of these. */
  public static boolean isHook(String route) {
    return Arrays.stream(Hook.values()).anyMatch(hook -> hook.route().equals(route));
  }

  /** Ends all calls when the service begins to stop, which would wait for them. */
  private final class Stop extends SimpleEventNotifierSupport {
    Stop() {
      setIgnoreExchangeEvents(true);
      setIgnoreRouteEvents(true);
      setIgnoreServiceEvents(true);
    }

    @Override
    public void notify(CamelEvent event) {
      if (event instanceof CamelEvent.CamelContextStoppingEvent) {
        queues.values().forEach(HookQueue::stop);
      }
    }
  }
}
