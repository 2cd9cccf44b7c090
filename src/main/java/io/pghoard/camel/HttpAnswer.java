// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import org.apache.camel.Exchange;

/** Turns what a bean gave into the answer to a request. */
public final class HttpAnswer {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

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
    exchange.getMessage().setBody(text(body));
  }

  /** A value as indented JSON. */
  static String text(Object value) throws IOException {
    return JSON.writeValueAsString(value) + "\n";
  }
}
