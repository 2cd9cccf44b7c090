// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.state.Transfers;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.StreamCache;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;

/** Counts what goes through the routes {@code repository-put} and {@code repository-get}. */
public final class TransferPolicy extends RoutePolicySupport implements RoutePolicyFactory {
  private static final String BEGUN = "pghoardTransferBegun";

  private final Transfers transfers;

  private record Begun(long nanos, long bytes) {}

  public TransferPolicy(Transfers transfers) {
    this.transfers = transfers;
  }

  @Override
  public @Nullable RoutePolicy createRoutePolicy(
      CamelContext context, String routeId, NamedNode route) {
    return way(routeId) == null ? null : this;
  }

  private static @Nullable String way(String routeId) {
    return switch (routeId) {
      case "repository-put" -> Transfers.UPLOAD;
      case "repository-get" -> Transfers.DOWNLOAD;
      default -> null;
    };
  }

  @Override
  public void onExchangeBegin(Route route, Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    long bytes = body instanceof StreamCache cache ? Math.max(0, cache.length()) : 0;
    exchange.setProperty(BEGUN, new Begun(System.nanoTime(), bytes));
  }

  /** Called after the route's own repetitions. */
  @Override
  public void onExchangeDone(Route route, Exchange exchange) {
    Begun begun = (Begun) exchange.removeProperty(BEGUN);
    String way = way(route.getRouteId());
    SiteName site = exchange.getVariable("site", SiteName.class);
    ObjectKey key = exchange.getVariable("objectKey", ObjectKey.class);
    if (begun == null || way == null || site == null || key == null) {
      return;
    }
    Exception failure = exchange.getException();
    if (failure == null) {
      double seconds = (System.nanoTime() - begun.nanos()) / 1e9;
      transfers.succeeded(site, way, key, begun.bytes(), seconds);
    } else if (!isAnswer(failure)) {
      transfers.failed(site, way, key, String.valueOf(failure.getMessage()));
    }
  }

  /** A key that is taken, or that has no object, is what was to be found out. */
  private static boolean isAnswer(Exception failure) {
    return failure instanceof ObjectExistsException || failure instanceof ObjectMissingException;
  }
}
