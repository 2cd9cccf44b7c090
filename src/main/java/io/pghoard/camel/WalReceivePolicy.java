// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.SiteName;
import io.pghoard.receive.WalReceivers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/** Ends a site's pg_receivewal with the route that started it. */
public final class WalReceivePolicy extends RoutePolicySupport {
  private final WalReceivers receivers;

  /**
   * A change of the routes is tried out in a context of its own, whose routes are never started.
   */
  private final Set<Route> started = ConcurrentHashMap.newKeySet();

  WalReceivePolicy(WalReceivers receivers) {
    this.receivers = receivers;
  }

  @Override
  public void onStart(Route route) {
    started.add(route);
  }

  @Override
  public void onStop(Route route) {
    if (started.remove(route) && route.getGroup() != null) {
      receivers.stop(new SiteName(route.getGroup()));
    }
  }
}
