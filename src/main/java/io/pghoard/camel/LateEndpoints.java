// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Starts endpoints that are first used while Camel stops; it would leave them without their
 * clients. A base backup that the stop ends deletes its chunks then, which may be the first delete
 * of this process.
 */
final class LateEndpoints extends LifecycleStrategySupport {
  private final CamelContext context;

  LateEndpoints(CamelContext context) {
    this.context = context;
  }

  @Override
  public void onEndpointAdd(Endpoint endpoint) {
    if (context.isStopping()) {
      ServiceHelper.startService(endpoint);
    }
  }
}
