// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import io.pghoard.config.ProxyConfig;
import io.pghoard.config.RemoteAccess;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.HttpClient;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.conn.DefaultProxyRoutePlanner;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
import org.jspecify.annotations.Nullable;

/** Makes the HTTP client under Google's: with the proxy, and with an end to every request. */
record GoogleHttp(RemoteAccess access) {
  /** More than all transfers of a site that run side by side. */
  private static final int CONNECTIONS = 256;

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "google-http");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  HttpClient client() {
    PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
    connections.setMaxTotal(CONNECTIONS);
    connections.setDefaultMaxPerRoute(CONNECTIONS);
    connections.setValidateAfterInactivity(1000);
    HttpClientBuilder builder =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .setRequestExecutor(new Bounded(access.callTimeout()))
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableContentCompression()
            .disableCookieManagement();
    ProxyConfig proxy = access.proxy();
    if (proxy != null) {
      HttpHost host = new HttpHost(proxy.host(), proxy.port());
      builder.setRoutePlanner(new ProxyRoute(host));
      if (proxy.user() != null && proxy.password() != null) {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(
            new AuthScope(host), new UsernamePasswordCredentials(proxy.user(), proxy.password()));
        builder.setDefaultCredentialsProvider(credentials);
      }
    }
    return builder.build();
  }

  /**
   * Ends a request that has no answer by then, one that hangs while it is sent too: no time-out of
   * a socket ends a write. From the answer's first byte on, read_timeout counts.
   */
  private static final class Bounded extends HttpRequestExecutor {
    private final Duration limit;

    Bounded(Duration limit) {
      this.limit = limit;
    }

    @Override
    public HttpResponse execute(
        HttpRequest request, HttpClientConnection connection, HttpContext context)
        throws IOException, HttpException {
      Future<?> end =
          TIMER.schedule(() -> shutdown(connection), limit.toMillis(), TimeUnit.MILLISECONDS);
      try {
        HttpResponse response = super.execute(request, connection, context);
        if (response.getEntity() != null) {
          response.setEntity(new AbandonableEntity(response.getEntity(), connection));
        }
        return response;
      } catch (IOException e) {
        if (end.isDone()) {
          SocketTimeoutException late = new SocketTimeoutException("no answer within call_timeout");
          late.initCause(e);
          throw late;
        }
        throw e;
      } finally {
        end.cancel(false);
      }
    }

    private static void shutdown(HttpClientConnection connection) {
      try {
        connection.shutdown();
      } catch (IOException alreadyClosed) {
        // Then whoever waits for it has ended.
      }
    }
  }

  /** Goes by the proxy, except to the server inside a machine at Google that gives out tokens. */
  private static final class ProxyRoute extends DefaultProxyRoutePlanner {
    private static final Set<String> INSIDE = Set.of("metadata.google.internal", "169.254.169.254");

    ProxyRoute(HttpHost proxy) {
      super(proxy);
    }

    @Override
    protected @Nullable HttpHost determineProxy(
        HttpHost target, HttpRequest request, HttpContext context) throws HttpException {
      return INSIDE.contains(target.getHostName())
          ? null
          : super.determineProxy(target, request, context);
    }
  }
}
