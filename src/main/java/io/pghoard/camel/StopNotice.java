// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.host.ServiceNotice;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;

/** Tells the service manager when the daemon begins to stop. */
final class StopNotice extends SimpleEventNotifierSupport {
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
      notice.stopping();
    }
  }
}
