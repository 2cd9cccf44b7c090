// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells in one line that a call to a store has failed and is made again. */
public final class RetryNotice implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(RetryNotice.class);

  @Override
  public void process(Exchange exchange) {
    String level =
        exchange.getContext().resolvePropertyPlaceholders("{{pghoard.storage.retry-log-level}}");
    if (level.equals("OFF")) {
      return;
    }
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    LOG.atLevel(Level.valueOf(level))
        .log(
            "Site {}: a call to the store failed; retry {} of {}: {}",
            exchange.getVariable("site"),
            exchange.getMessage().getHeader(Exchange.REDELIVERY_COUNTER),
            exchange.getMessage().getHeader(Exchange.REDELIVERY_MAX_COUNTER),
            failure == null ? "" : failure.getMessage());
  }
}
