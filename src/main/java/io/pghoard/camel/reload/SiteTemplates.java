// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.camel.storage.StoreRoutes;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.postgres.DataDirectory;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteTemplateDefinition;

/**
 * Makes the routes of each active site from the route templates: every template whose id starts
 * with {@code site-} becomes the route {@code TEMPLATE-SITE}.
 *
 * <p>A template may declare the parameters {@code site}, {@code dataDirectory}, {@code
 * walDirectory} and {@code incomingDirectory}; and {@code mode}, whose default value is the
 * active_backup_mode of the sites that it is for.
 */
public final class SiteTemplates {
  private static final String PREFIX = "site-";

  private SiteTemplates() {}

  /**
   * Makes every site's routes anew, once those of its store are there; a route of the same id is
   * replaced, and one whose template or site is gone is removed.
   */
  public static void instantiate(CamelContext context, PghoardConfig config) throws Exception {
    StoreRoutes.require(context, config.sites().values());
    Set<String> made = new HashSet<>();
    for (SiteConfig site : config.sites().values()) {
      made.addAll(instantiate(context, site, config));
    }
    for (Route route : List.copyOf(context.getRoutes())) {
      if (route.getRouteId().startsWith(PREFIX) && !made.contains(route.getRouteId())) {
        remove(context, route, patience(context));
      }
    }
  }

  /** Makes the routes of one site, none when it is not active; their ids. */
  static Set<String> instantiate(CamelContext context, SiteConfig site, PghoardConfig config) {
    Set<String> made = new HashSet<>();
    List<RouteTemplateDefinition> templates =
        List.copyOf(((ModelCamelContext) context).getRouteTemplateDefinitions());
    for (RouteTemplateDefinition template : templates) {
      if (site.active() && isFor(site, template)) {
        made.add(instantiate(context, template.getId(), site, config));
      }
    }
    return made;
  }

  /**
   * Removes the routes of one site, after the work in them that is under way; for which all of them
   * together are given as long as one is elsewhere.
   */
  static void remove(CamelContext context, SiteName site) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience(context));
    for (Route route : List.copyOf(context.getRoutes())) {
      if (route.getRouteId().startsWith(PREFIX) && site.text().equals(route.getGroup())) {
        long left = TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime());
        remove(context, route, Math.max(1, left));
      }
    }
  }

  private static long patience(CamelContext context) {
    return context.getShutdownStrategy().getTimeout();
  }

  private static void remove(CamelContext context, Route route, long seconds) throws Exception {
    context.getRouteController().stopRoute(route.getRouteId(), seconds, TimeUnit.SECONDS);
    context.removeRoute(route.getRouteId());
  }

  private static boolean isFor(SiteConfig site, RouteTemplateDefinition template) {
    return template.getId().startsWith(PREFIX)
        && template.getTemplateParameters().stream()
            .filter(parameter -> parameter.getName().equals("mode"))
            .allMatch(mode -> site.wal().mode().text().equals(mode.getDefaultValue()));
  }

  private static String instantiate(
      CamelContext context, String template, SiteConfig site, PghoardConfig config) {
    String routeId = template + "-" + site.name();
    TemplatedRouteBuilder builder =
        TemplatedRouteBuilder.builder(context, template)
            .routeId(routeId)
            // No site's name has a colon, so no step is called as the route of another site.
            .prefixId(routeId + ":")
            .parameter("site", site.name().text())
            .parameter("incomingDirectory", ReceivePlaces.of(config, site).incoming().toString());
    Path data = site.dataDirectory();
    if (data != null) {
      builder
          .parameter("dataDirectory", data.toString())
          .parameter("walDirectory", new DataDirectory(data).wal().toString());
    }
    return builder
        .handler(definition -> definition.getRoute().routeGroup(site.name().text()))
        .add();
  }
}
