// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server of the routes, with gates that every request passes before any route sees it.
 *
 * <p>Made here and not by camel-main's {@code camel.server}, which opens all addresses by default,
 * serves files of the class path when asked for static content, and leaves no place for the gates.
 */
public final class HttpServerService extends VertxPlatformHttpServer {
  private final VertxPlatformHttpServerConfiguration configuration;
  private final List<Handler<RoutingContext>> gates;

  private final long patienceMillis;
  private @Nullable HttpPatience patience;

  private HttpServerService(
      VertxPlatformHttpServerConfiguration configuration,
      List<Handler<RoutingContext>> gates,
      long patienceMillis) {
    super(configuration);
    this.patienceMillis = patienceMillis;
    this.configuration = configuration;
    this.gates = gates;
  }

  /**
   * Makes the server and binds it where Camel's HTTP component looks for it.
   *
   * @param address "" for all addresses
   * @param port 0 for a free one
   * @param gates which a request passes in this order
   */
  public static HttpServerService bind(
      CamelContext context, String address, int port, List<Handler<RoutingContext>> gates) {
    VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
    configuration.setBindHost(address.isEmpty() ? "0.0.0.0" : address);
    configuration.setBindPort(port);
    configuration.getBodyHandler().setHandleFileUploads(false);
    configuration.setMaxBodySize(HttpBodies.LARGEST);
    long patience =
        Long.parseLong(context.resolvePropertyPlaceholders("{{pghoard.http.request-time}}"));
    context
        .getComponent("platform-http", PlatformHttpComponent.class)
        .setHeaderFilterStrategy(new HttpInputs());
    HttpServerService server = new HttpServerService(configuration, gates, patience);
    context.getRegistry().bind("httpServer", server);
    // Vert.x would keep a cache of files in /tmp, which a killed process leaves there.
    FileSystemOptions files =
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
    context
        .getRegistry()
        .bind(
            "httpServerOptions",
            new VertxOptions().setWorkerPoolSize(HttpShares.WORKERS).setFileSystemOptions(files));
    return server;
  }

  @Override
  protected void initializeServer() {
    super.initializeServer();
    VertxPlatformHttpRouter router =
        VertxPlatformHttpRouter.lookup(
            getCamelContext(),
            VertxPlatformHttpRouter.getRouterNameFromPort(configuration.getPort()));
    HttpPatience waiting = new HttpPatience(getVertx(), patienceMillis);
    patience = waiting;
    int order = Integer.MIN_VALUE;
    router.route().order(order).handler(waiting).failureHandler(new HttpCut(HttpBodies.LARGEST));
    for (Handler<RoutingContext> gate : gates) {
      router.route().order(++order).handler(gate);
    }
    router.route().order(Integer.MAX_VALUE).handler(new HttpNotFound(router));
  }

  /** Starts to listen; tries the port first, as the superclass only logs when it cannot have it. */
  @Override
  protected void startServer() throws Exception {
    String address = configuration.getBindHost();
    int port = configuration.getBindPort();
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(address))) {
      probe.setReuseAddress(true);
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot listen on "
              + address
              + ":"
              + port
              + " ("
              + e.getMessage()
              + "); set http_address and http_port in pghoard.json to what this machine has free",
          e);
    }
    super.startServer();
  }

  /** The superclass makes the server and has it listen in one step; here it is met in between. */
  @Override
  protected Vertx createVertxInstance() {
    Vertx vertx = super.createVertxInstance();
    return (Vertx)
        Proxy.newProxyInstance(
            VertxInternal.class.getClassLoader(),
            new Class<?>[] {VertxInternal.class},
            (proxy, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof HttpServerOptions options) {
                // Else a connection is not told before its first request is there.
                options.setHttp2ClearTextEnabled(false);
              }
              Object made = method.invoke(vertx, arguments);
              return made instanceof HttpServer server && patience != null
                  ? guarded(server.connectionHandler(patience::connected))
                  : made;
            });
  }

  /** The server, whose router gets well-formed requests only. */
  private static HttpServer guarded(HttpServer server) {
    return (HttpServer)
        Proxy.newProxyInstance(
            HttpServer.class.getClassLoader(),
            new Class<?>[] {HttpServer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("requestHandler")
                  && arguments != null
                  && arguments[0] instanceof Router router) {
                arguments[0] = new HttpWellFormed(router);
              }
              return method.invoke(server, arguments);
            });
  }
}
