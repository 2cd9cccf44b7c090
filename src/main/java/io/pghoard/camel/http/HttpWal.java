// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.archive.FetchedWal;
import io.pghoard.archive.WalRequest;
import io.pghoard.archive.WalTarget;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalFileName;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answers to PostgreSQL's archive_command and restore_command. */
public final class HttpWal {
  private static final Logger LOG = LoggerFactory.getLogger(HttpWal.class);
  private static final String TARGET = "x-pghoard-target-path";
  private static final String RESTART_POINT = "x-pghoard-restart-point";

  private static final String REQUEST = "httpRequest";

  private final Sites sites;
  private final long patienceMillis;

  public HttpWal(Sites sites, long patienceMillis) {
    this.patienceMillis = patienceMillis;
    this.sites = sites;
  }

  /** The file is stored: 201 without a body. */
  public void stored(Exchange exchange) {
    empty(exchange, 201);
  }

  /**
   * Notes in the variables {@code walTarget} where the request wants the file, and {@code
   * walRestartPoint} where its recovery would start anew, if it says so.
   */
  public void readTarget(Exchange exchange) throws IOException {
    exchange.setVariable(
        "walRestartPoint", exchange.getMessage().getHeader(RESTART_POINT, String.class));
    if (exchange.getIn() instanceof HttpMessage message) {
      exchange.setVariable(REQUEST, message.getRequest());
    }
    String target = exchange.getMessage().getHeader(TARGET, String.class);
    if (target != null) {
      SiteName site = exchange.getVariable("site", SiteName.class);
      exchange.setVariable(
          "walTarget",
          WalTarget.parse(
              target, exchange.getVariable("walFile", WalFileName.class), sites.get(site)));
    }
  }

  /** The file in the body: 200 with it; or, where the request names a path, 201 without a body. */
  public void answer(Exchange exchange) throws IOException {
    FetchedWal file = exchange.getMessage().getBody(FetchedWal.class);
    WalRequest request = exchange.getVariable("walRequest", WalRequest.class);
    WalTarget target = exchange.getVariable("walTarget", WalTarget.class);
    if (target != null) {
      try (file) {
        file.copyTo(target.path());
      }
      empty(exchange, 201);
      tell(request, file);
      return;
    }
    empty(exchange, 200);
    HttpServerRequest client = exchange.getVariable(REQUEST, HttpServerRequest.class);
    if (client == null) {
      file.close();
      throw new IllegalStateException("not a request over HTTP");
    }
    new HttpFile(client, patienceMillis).send(file);
    tell(request, file);
  }

  private static void tell(WalRequest request, FetchedWal file) {
    LOG.info(
        "Site {}: fetched {} for a restore, {} bytes in {} ms",
        request.site(),
        request.name(),
        file.size(),
        request.age());
  }

  /** The metadata in the body: 200 with the hash in the headers. */
  public void described(Exchange exchange, @Body Map<String, String> metadata) {
    empty(exchange, 200);
    String hash = metadata.get("hash");
    if (hash != null) {
      hash(exchange.getMessage(), metadata.getOrDefault("hash-algorithm", "sha1"), hash);
    }
  }

  private static void hash(Message answer, String algorithm, String hash) {
    answer.setHeader("metadata-hash", hash);
    answer.setHeader("metadata-hash-algorithm", algorithm);
  }

  private static void empty(Exchange exchange, int status) {
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    exchange.getMessage().setBody(null);
  }
}
