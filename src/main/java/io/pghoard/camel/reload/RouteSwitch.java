// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.camel.hook.Hooks;
import io.pghoard.config.Sites;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replaces the routes of a running service by those of another set of the operator's files. */
record RouteSwitch(CamelContext context, Sites sites, RouteFiles files) {
  private static final Logger LOG = LoggerFactory.getLogger(RouteSwitch.class);
  private static final long LONG_WORK_MILLIS = 5000;

  /** Replaces what differs; when that fails, what was in force is put back. */
  void change(RouteSet from, RouteSet to) throws Exception {
    try {
      apply(from, to);
    } catch (Exception e) {
      try {
        apply(to, from);
      } catch (Exception again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    for (String name : from.changed(to)) {
      boolean gone = files.location(to, name) == null;
      LOG.info(gone ? "Route file {} removed" : "Route file {} in force", name);
    }
  }

  private void apply(RouteSet from, RouteSet to) throws Exception {
    Set<String> changed = from.changed(to);
    for (String name : changed) {
      boolean hook = Hooks.isHook(stem(name));
      Hooks hooks = context.getRegistry().lookupByNameAndType("hooks", Hooks.class);
      if (hook) {
        hooks.hold(stem(name));
      }
      try {
        apply(files.location(from, name), files.resource(context, to, name));
      } finally {
        if (hook) {
          hooks.release(stem(name));
        }
      }
    }
    if (changed.stream().anyMatch(RouteSwitch::isTemplate)) {
      SiteTemplates.instantiate(context, sites.config());
    }
  }

  private void apply(@Nullable String before, @Nullable Resource now) throws Exception {
    if (before != null) {
      // An added template does not replace one of the same id.
      for (RouteTemplateDefinition template :
          List.copyOf(((ModelCamelContext) context).getRouteTemplateDefinitions())) {
        if (isFrom(template.getResource(), before)) {
          ((ModelCamelContext) context).removeRouteTemplates(template.getId());
        }
      }
    }
    Set<String> ids = now == null ? Set.of() : ids(now);
    if (before != null) {
      // First, as a route of another id may begin where one of these does.
      for (Route route : List.copyOf(context.getRoutes())) {
        if (!ids.contains(route.getId()) && isFrom(route.getSourceResource(), before)) {
          context.getRouteController().stopRoute(route.getId());
          context.removeRoute(route.getId());
        }
      }
    }
    if (now != null) {
      PluginHelper.getRoutesLoader(context).updateRoutes(List.of(now));
    }
  }

  /** Of the routes of a file, which are replaced in place. */
  private Set<String> ids(Resource file) throws Exception {
    Set<String> ids = new HashSet<>();
    for (RoutesBuilder builder : PluginHelper.getRoutesLoader(context).findRoutesBuilders(file)) {
      if (builder instanceof RouteBuilder routes) {
        routes.setCamelContext(context);
        routes.configureRoutes(context);
        for (RouteDefinition route : routes.getRouteCollection().getRoutes()) {
          if (route.getRouteId() != null) {
            ids.add(route.getRouteId());
          }
        }
      }
    }
    return ids;
  }

  private static boolean isFrom(@Nullable Resource resource, String location) {
    return resource != null && resource.getLocation().equals(location);
  }

  /**
   * A route of these files that has work of some length in flight, which replacing it would cut
   * off: a base backup, say. Short work is waited for when the route is stopped.
   */
  @Nullable String busyRoute(Set<String> changed) {
    InflightRepository inflight = context.getInflightRepository();
    boolean longWork =
        inflight.browse().stream().anyMatch(exchange -> exchange.getDuration() > LONG_WORK_MILLIS);
    if (!longWork) {
      return null;
    }
    for (Route route : context.getRoutes()) {
      String id = route.getRouteId();
      // An operator's own, which nothing waits for, is interrupted.
      if (inflight.size(id) > 0
          && !Hooks.isHook(id)
          && changed.stream().anyMatch(file -> makes(file, id))) {
        return id;
      }
    }
    return null;
  }

  /** Whether a route is that of the file's name, or of a site by the file's template. */
  private static boolean makes(String file, String routeId) {
    String stem = stem(file);
    return routeId.equals(stem) || (isTemplate(file) && routeId.startsWith(stem + "-"));
  }

  private static String stem(String file) {
    return file.substring(0, file.indexOf('.'));
  }

  private static boolean isTemplate(String file) {
    return file.startsWith("site-");
  }
}
