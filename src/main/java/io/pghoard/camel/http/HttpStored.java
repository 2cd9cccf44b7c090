// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.daemon.SentListing;
import io.pghoard.repository.daemon.SentObject;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.List;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A site's stored objects over HTTP, for a restore on a machine that cannot reach the store. Keys
 * are without the site's prefix, so that a request names nothing outside of the site.
 */
public final class HttpStored {
  private static final Logger LOG = LoggerFactory.getLogger(HttpStored.class);
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final String OFFSET = "storedOffset";
  private static final String REQUEST = "httpRequest";

  private final Sites sites;
  private final long patienceMillis;

  public HttpStored(Sites sites, long patienceMillis) {
    this.sites = sites;
    this.patienceMillis = patienceMillis;
  }

  /** The object that a request names; from which byte on is noted beside it. */
  public ObjectKey key(Exchange exchange, SiteName site) throws IOException {
    begin(exchange);
    String offset = exchange.getMessage().getHeader(SentObject.OFFSET, "0", String.class);
    if (!offset.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException(
          SentObject.OFFSET + " is not a number of bytes: " + offset);
    }
    exchange.setVariable(OFFSET, Long.valueOf(offset));
    return new ObjectKey(prefix(site) + below(exchange, site, "object"));
  }

  /** The start of the keys that a request wants listed, with or without their metadata. */
  public String start(Exchange exchange, SiteName site) throws IOException {
    begin(exchange);
    boolean namesOnly = path(exchange).startsWith("/" + site + "/stored/names");
    exchange.setVariable("objectNamesOnly", namesOnly);
    String start = prefix(site) + below(exchange, site, namesOnly ? "names" : "list");
    // Whatever may follow it.
    if (!ObjectKey.matches(start + "x")) {
      throw new IllegalArgumentException("not the start of an object key: \"" + start + "\"");
    }
    return start;
  }

  /** The object in the body: 200 with its bytes and their hash. */
  public void send(Exchange exchange) throws IOException {
    try (ObjectContent content = exchange.getMessage().getBody(ObjectContent.class)) {
      SentObject sent =
          new SentObject(content.stream(), exchange.getVariable(OFFSET, 0L, Long.class));
      String metadata = JSON.writeValueAsString(new TreeMap<>(content.metadata()));
      try (HttpOutput out = answer(exchange, SentObject.MEDIA_TYPE)) {
        out.response().putHeader(SentObject.METADATA, metadata);
        sent.writeTo(out);
        out.finish();
      }
    } catch (HttpOutput.ClientGoneException e) {
      LOG.debug("The client of a stored object has left", e);
    }
    answered(exchange);
  }

  /**
   * The list in the body: 200 with a line for each object, and one that proves that it is whole.
   */
  public void sendList(Exchange exchange, SiteName site) throws IOException {
    List<?> listed = exchange.getMessage().getBody(List.class);
    SentListing listing = new SentListing(prefix(site));
    try (HttpOutput out = answer(exchange, SentListing.MEDIA_TYPE)) {
      listing.write(listed, out);
      out.finish();
    } catch (HttpOutput.ClientGoneException e) {
      LOG.debug("The client of a list has left", e);
    }
    answered(exchange);
  }

  private String prefix(SiteName site) throws IOException {
    return sites.get(site).prefix() + "/";
  }

  /** What follows the kind in the path of the request. */
  private static String below(Exchange exchange, SiteName site, String kind) {
    String start = "/" + site + "/stored/" + kind + "/";
    String path = path(exchange);
    if (!path.startsWith(start)) {
      return "";
    }
    // Only in a form does a plus sign stand for a space.
    return URLDecoder.decode(path.substring(start.length()).replace("+", "%2B"), UTF_8);
  }

  private static String path(Exchange exchange) {
    return exchange.getMessage().getHeader(Exchange.HTTP_PATH, "", String.class);
  }

  private static void begin(Exchange exchange) {
    if (exchange.getIn() instanceof HttpMessage message) {
      exchange.setVariable(REQUEST, message.getRequest());
    }
  }

  private HttpOutput answer(Exchange exchange, String type) {
    HttpServerRequest client = exchange.getVariable(REQUEST, HttpServerRequest.class);
    if (client == null) {
      throw new IllegalStateException("not a request over HTTP");
    }
    HttpOutput out = new HttpOutput(client, patienceMillis);
    out.response().setStatusCode(200).putHeader("Content-Type", type).setChunked(true);
    return out;
  }

  /** Not before: a failure is told with what was asked. */
  private static void answered(Exchange exchange) {
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setBody(null);
  }
}
