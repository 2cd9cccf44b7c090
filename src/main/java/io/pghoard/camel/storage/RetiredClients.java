// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of stores that a reload has replaced: each is closed when all the work that was under
 * way at that moment, and may use it, has ended.
 */
public final class RetiredClients {
  private static final Logger LOG = LoggerFactory.getLogger(RetiredClients.class);

  private final List<Retired> retired = new ArrayList<>();

  private record Retired(String bean, AutoCloseable client, long since) {}

  /**
   * Takes over a client.
   *
   * @param bean its name in the registry
   */
  synchronized void add(String bean, AutoCloseable client) {
    retired.add(new Retired(bean, client, System.nanoTime()));
  }

  /** Closes those that nobody uses any more. */
  public synchronized void closeUnused(CamelContext context) {
    retired.removeIf(
        each -> {
          long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - each.since());
          boolean used =
              context.getInflightRepository().browse().stream()
                  .anyMatch(exchange -> exchange.getDuration() >= millis);
          if (!used) {
            close(context, each);
          }
          return !used;
        });
  }

  private static void close(CamelContext context, Retired client) {
    context.getRegistry().unbind(client.bean());
    try {
      client.client().close();
    } catch (Exception e) {
      LOG.warn("{} was replaced and could not be closed: {}", client.bean(), e.getMessage());
    }
  }

  /** How many wait to be closed. */
  synchronized int size() {
    return retired.size();
  }
}
