// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores that a reload has replaced: each is closed when all the work that was under way at
 * that moment, and may use it, has ended.
 */
final class RetiredStores {
  private static final Logger LOG = LoggerFactory.getLogger(RetiredStores.class);

  private final CamelContext context;
  private final List<Retired> retired = new ArrayList<>();

  private record Retired(OpenStore store, long since) {}

  RetiredStores(CamelContext context) {
    this.context = context;
  }

  synchronized void add(OpenStore store) {
    retired.add(new Retired(store, System.nanoTime()));
  }

  /** Closes those that nobody uses any more. */
  synchronized void closeUnused() {
    retired.removeIf(
        each -> {
          long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - each.since());
          boolean used =
              context.getInflightRepository().browse().stream()
                  .anyMatch(exchange -> exchange.getDuration() >= millis);
          if (!used) {
            close(each.store());
          }
          return !used;
        });
  }

  synchronized void closeAll() {
    retired.forEach(each -> close(each.store()));
    retired.clear();
  }

  private void close(OpenStore store) {
    if (!store.client().isEmpty()) {
      context.getRegistry().unbind(store.client());
    }
    try {
      store.end().close();
    } catch (Exception e) {
      LOG.warn("{} was replaced and could not be closed: {}", store, e.getMessage());
    }
  }

  /** How many wait to be closed. */
  synchronized int size() {
    return retired.size();
  }
}
