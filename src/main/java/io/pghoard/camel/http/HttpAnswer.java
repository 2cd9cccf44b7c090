// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.state.JsonText;
import java.io.IOException;
import org.apache.camel.Exchange;

/** Turns what a bean gave into the answer to a request. */
public final class HttpAnswer {
  /**
   * Writes the body as JSON; the status is what the variable {@code httpStatus} says, 200 without,
   * and the address of what came of it what {@code httpLocation} says. No header of the request
   * goes out again.
   */
  public void json(Exchange exchange) throws IOException {
    Object body = exchange.getMessage().getBody();
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    Integer status = exchange.getVariable("httpStatus", Integer.class);
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status == null ? 200 : status);
    String location = exchange.getVariable("httpLocation", String.class);
    if (location != null) {
      exchange.getMessage().setHeader("Location", location);
    }
    exchange.getMessage().setBody(JsonText.of(body));
  }
}
