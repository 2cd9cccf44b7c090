// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;

/** Keeps a header of a request from being taken for a parameter of its path of the same name. */
final class HttpInputs extends HttpHeaderFilterStrategy {
  @Override
  public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
    return super.applyFilterToExternalHeaders(name, value, exchange)
        || isPathParameter(name, exchange);
  }

  private static boolean isPathParameter(String name, Exchange exchange) {
    return exchange.getFromEndpoint() instanceof PlatformHttpEndpoint endpoint
        && endpoint
            .getPath()
            .toLowerCase(Locale.ROOT)
            .contains("{" + name.toLowerCase(Locale.ROOT) + "}");
  }
}
