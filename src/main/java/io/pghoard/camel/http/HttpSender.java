// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Sites;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that a web page made a browser send: those that name another site as their
 * origin, and those to a name that its owner has made lead here (DNS rebinding). It also drops all
 * query parameters, which no operation has, and which Camel would take for headers.
 */
public final class HttpSender implements Handler<RoutingContext> {
  /** Loopback addresses are recognised without a question to a name server. */
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1|0:0:0:0:0:0:0:1");

  /** What Sec-Fetch-Site says of a request that no other site made. */
  private static final Set<String> OWN = Set.of("none", "same-origin");

  private final Sites sites;

  public HttpSender(Sites sites) {
    this.sites = sites;
  }

  @Override
  public void handle(RoutingContext request) {
    HttpRefusal refusal = refusal(request.request());
    if (refusal != null) {
      refusal.answer(request);
      return;
    }
    request.queryParams().clear();
    request.next();
  }

  private @Nullable HttpRefusal refusal(HttpServerRequest request) {
    String host = request.getHeader("Host");
    if (host != null && !isOurs(nameIn(host), request.localAddress())) {
      return new HttpRefusal(
          403,
          "this host is not known as " + nameIn(host),
          "add that name to http_host_names in pghoard.json, if clients are to call it so");
    }
    String origin = request.getHeader("Origin");
    String site = request.getHeader("Sec-Fetch-Site");
    boolean foreign = origin != null && !origin.equalsIgnoreCase("http://" + host);
    if (foreign || (site != null && !OWN.contains(site.toLowerCase(Locale.ROOT)))) {
      return new HttpRefusal(
          403,
          "requests that a web page of another site makes are refused",
          "send it from a program, such as curl");
    }
    if (request.method().equals(HttpMethod.OPTIONS) && origin != null) {
      return new HttpRefusal(403, "no other site may ask for this one", "send it from a program");
    }
    return null;
  }

  /** The name or address in a Host header, without its port and without brackets. */
  private static String nameIn(String host) {
    String name = host.strip().toLowerCase(Locale.ROOT);
    if (name.startsWith("[")) {
      int end = name.indexOf(']');
      return end < 0 ? name : name.substring(1, end);
    }
    int port = name.indexOf(':');
    String bare = port < 0 ? name : name.substring(0, port);
    return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
  }

  private boolean isOurs(String name, @Nullable SocketAddress reached) {
    PghoardConfig config = sites.config();
    return LOOPBACK.matcher(name).matches()
        || name.equals(config.httpAddress().toLowerCase(Locale.ROOT))
        || config.httpHostNames().contains(name)
        || (reached != null && name.equals(reached.hostAddress()));
  }
}
