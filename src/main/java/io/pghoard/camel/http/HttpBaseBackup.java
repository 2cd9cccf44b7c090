// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.config.SiteName;
import io.pghoard.repository.BaseBackup;
import io.pghoard.restore.BaseBackupTar;
import io.pghoard.restore.BaseBackupTars;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Base backups over HTTP, as one tar archive each, for whoever has no pghoard_restore. */
public final class HttpBaseBackup {
  private static final Logger LOG = LoggerFactory.getLogger(HttpBaseBackup.class);
  private static final String TAR = "application/x-tar";
  private static final String REQUEST = "httpRequest";

  private final BaseBackupTars tars;
  private final long patienceMillis;

  public HttpBaseBackup(BaseBackupTars tars, long patienceMillis) {
    this.tars = tars;
    this.patienceMillis = patienceMillis;
  }

  /** Finds the base backup that a request names, before anything is answered. */
  public BaseBackupTar open(Exchange exchange, SiteName site, String name) throws IOException {
    if (exchange.getIn() instanceof HttpMessage message) {
      exchange.setVariable(REQUEST, message.getRequest());
    }
    return tars.open(site, name);
  }

  /** The base backup in the body: 200 with a tar archive, which is cut off when anything fails. */
  public void send(Exchange exchange, SiteName site) throws IOException {
    BaseBackupTar tar = exchange.getMessage().getBody(BaseBackupTar.class);
    long began = System.nanoTime();
    try (HttpOutput out = output(exchange)) {
      HttpServerResponse response = out.response();
      response.setStatusCode(200).putHeader("Content-Type", TAR).setChunked(true);
      headers(tar.backup()).forEach(response::putHeader);
      String outcome = write(tar, out);
      LOG.info(
          "Site {}: base backup {} {} {} s",
          site,
          tar.backup().name(),
          outcome,
          (System.nanoTime() - began) / 1_000_000_000);
    }
    answered(exchange);
  }

  private static String write(BaseBackupTar tar, HttpOutput out) throws IOException {
    try {
      tar.writeTo(out);
      out.finish();
      return "was sent as a tar archive in";
    } catch (IOException e) {
      if (out.clientIsGone()) {
        return "was not sent whole: the client left after";
      }
      throw e;
    }
  }

  /** The headers of the same answer alone. */
  public void describe(Exchange exchange) {
    BaseBackupTar tar = exchange.getMessage().getBody(BaseBackupTar.class);
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, TAR);
    headers(tar.backup()).forEach(exchange.getMessage()::setHeader);
    exchange.getMessage().setBody(null);
  }

  /** PostgreSQL's manifest of the base backup in the body: 200 with it. */
  public void sendManifest(Exchange exchange) throws IOException {
    BaseBackupTar tar = exchange.getMessage().getBody(BaseBackupTar.class);
    try (BaseBackupTar.Manifest manifest = tar.manifest();
        HttpOutput out = output(exchange)) {
      out.response()
          .setStatusCode(200)
          .putHeader("Content-Type", "application/json")
          .putHeader("Content-Length", Long.toString(manifest.size()));
      manifest.content().transferTo(out);
      out.finish();
    } catch (HttpOutput.ClientGoneException e) {
      LOG.debug("The client of a manifest has left", e);
    }
    answered(exchange);
  }

  private HttpOutput output(Exchange exchange) {
    HttpServerRequest client = exchange.getVariable(REQUEST, HttpServerRequest.class);
    if (client == null) {
      throw new IllegalStateException("not a request over HTTP");
    }
    return new HttpOutput(client, patienceMillis);
  }

  /** Not before: a failure is told with what was asked. */
  private static void answered(Exchange exchange) {
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setBody(null);
  }

  /** The first is that of the pghoard of 2015. */
  private static Map<String, String> headers(BaseBackup backup) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-pghoard-start-wal-segment", backup.startSegment().toString());
    headers.put("x-pghoard-basebackup", backup.name());
    return headers;
  }
}
