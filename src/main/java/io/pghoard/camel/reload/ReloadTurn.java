// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;

/**
 * Lets one reload at a time change the routes, and none once the service begins to stop: Camel
 * stops routes one after the other, and its own stop and a reload would wait for each other.
 */
public final class ReloadTurn extends SimpleEventNotifierSupport {
  private boolean ended;

  public ReloadTurn() {
    setIgnoreExchangeEvents(true);
    setIgnoreRouteEvents(true);
    setIgnoreServiceEvents(true);
  }

  /** What a reload does. */
  interface Reload {
    void run() throws Exception;
  }

  /** Runs a reload when the one before has ended, or not at all. */
  synchronized void take(Reload reload) throws Exception {
    if (!ended) {
      reload.run();
    }
  }

  /** Returns after the reload that may run. */
  @Override
  public synchronized void notify(CamelEvent event) {
    if (event instanceof CamelEvent.CamelContextStoppingEvent) {
      ended = true;
    }
  }
}
