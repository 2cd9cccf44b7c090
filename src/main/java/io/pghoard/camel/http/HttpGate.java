// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.alert.Repetitions;
import io.pghoard.config.Credentials;
import io.pghoard.config.Sites;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request in: with the right credentials where pghoard.json has some, from this machine only
 * where it has none.
 */
public final class HttpGate implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpGate.class);

  private final Sites sites;
  private final Repetitions repetitions;
  private final FailedLogins failed;

  public HttpGate(Sites sites, Repetitions repetitions, FailedLogins failed) {
    this.failed = failed;
    this.sites = sites;
    this.repetitions = repetitions;
  }

  @Override
  public void handle(RoutingContext request) {
    if (isLetIn(request)) {
      request.next();
    }
  }

  private boolean isLetIn(RoutingContext request) {
    Credentials credentials = sites.config().credentials();
    if (credentials == null) {
      if (isLoopback(request.request().remoteAddress().hostAddress())) {
        return true;
      }
      stranger(request);
      return false;
    }
    String login = request.request().getHeader("Authorization");
    if (matches(credentials, login)) {
      return true;
    }
    HttpRefusal refusal =
        new HttpRefusal(
            401,
            "a user name and a password are needed, or these are not the right ones",
            "send the webserver_username and webserver_password of pghoard.json");
    Map<String, String> headers = Map.of("WWW-Authenticate", "Basic realm=\"pghoard\"");
    if (login == null) {
      refusal.answer(request, headers);
    } else {
      String address = request.request().remoteAddress().hostAddress();
      long delay = failed.failed(address, HttpRefusal.asked(request));
      // No thread waits, and who has the right password is never slowed down.
      request.vertx().setTimer(delay, passed -> refusal.answer(request, headers));
    }
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

  private void stranger(RoutingContext request) {
    String error = "requests from other machines are refused while pghoard.json has no credentials";
    if (repetitions.tells("HTTP 403", error)) {
      LOG.warn(
          "{} of {} answered 403: {}; the same within a minute is not told",
          HttpRefusal.asked(request),
          request.request().remoteAddress(),
          error);
    }
    new HttpRefusal(403, error, "set webserver_username and webserver_password in pghoard.json")
        .answer(request);
  }
}
