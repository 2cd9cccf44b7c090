// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.host.ServiceNotice;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log and the service manager when the daemon begins to stop. */
final class StopNotice extends SimpleEventNotifierSupport {
  private static final Logger LOG = LoggerFactory.getLogger(StopNotice.class);

  private final ServiceNotice notice;

  StopNotice(ServiceNotice notice) {
    this.notice = notice;
    setIgnoreExchangeEvents(true);
    setIgnoreRouteEvents(true);
    setIgnoreServiceEvents(true);
  }

  @Override
  public void notify(CamelEvent event) {
    if (event instanceof CamelEvent.CamelContextStoppingEvent) {
      LOG.info("pghoard stops");
      notice.stopping();
    }
  }
}
