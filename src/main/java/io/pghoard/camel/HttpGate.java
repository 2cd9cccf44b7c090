// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.Credentials;
import io.pghoard.config.Sites;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request in: with the right credentials where pghoard.json has some, from this machine only
 * where it has none.
 */
final class HttpGate implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpGate.class);

  private final Sites sites;
  private final Repetitions repetitions;

  HttpGate(Sites sites, Repetitions repetitions) {
    this.sites = sites;
    this.repetitions = repetitions;
  }

  @Override
  public void handle(RoutingContext request) {
    if (isLetIn(request)) {
      if (request.request().method().equals(HttpMethod.PUT) && hasBody(request)) {
        refuse(
            request,
            400,
            "a PUT takes no body: pghoard reads the file that the path names from pg_wal",
            "send the request without a body, from where pghoard can read the data directory");
      } else {
        request.next();
      }
    }
  }

  private static boolean hasBody(RoutingContext request) {
    String length = request.request().getHeader("Content-Length");
    return request.request().getHeader("Transfer-Encoding") != null
        || (length != null && !length.equals("0"));
  }

  private boolean isLetIn(RoutingContext request) {
    Credentials credentials = sites.config().credentials();
    if (credentials == null) {
      if (isLoopback(request.request().remoteAddress().hostAddress())) {
        return true;
      }
      refuse(
          request,
          403,
          "requests from other machines are refused while pghoard.json has no credentials",
          "set webserver_username and webserver_password in pghoard.json");
      return false;
    }
    if (matches(credentials, request.request().getHeader("Authorization"))) {
      return true;
    }
    request.response().putHeader("WWW-Authenticate", "Basic realm=\"pghoard\"");
    refuse(
        request,
        401,
        "a user name and a password are needed, or these are not the right ones",
        "send the webserver_username and webserver_password of pghoard.json");
    return false;
  }

  private static boolean isLoopback(@Nullable String address) {
    try {
      // An address in digits is not looked up anywhere.
      return address != null && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean matches(Credentials credentials, @Nullable String header) {
    String expected =
        Base64.getEncoder()
            .encodeToString(
                (credentials.username() + ":" + credentials.password())
                    .getBytes(StandardCharsets.UTF_8));
    // The comparison takes as long for a nearly right password as for a wrong one.
    return header != null
        && header.regionMatches(true, 0, "Basic ", 0, 6)
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.US_ASCII),
            header.substring(6).trim().getBytes(StandardCharsets.UTF_8));
  }

  private void refuse(RoutingContext request, int status, String error, String remedy) {
    String asked = request.request().method() + " " + request.request().path();
    if (repetitions.tells("HTTP " + status, error)) {
      LOG.warn(
          "{} of {} answered {}: {}; the same within a minute is not told",
          asked,
          request.request().remoteAddress(),
          status,
          error);
    }
    JsonObject answer =
        new JsonObject().put("request", asked).put("error", error).put("remedy", remedy);
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(answer.encode() + "\n");
  }
}
