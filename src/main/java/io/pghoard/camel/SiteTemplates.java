// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.postgres.DataDirectory;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteTemplateDefinition;

/**
 * Makes the routes of each active site from the route templates: every template whose id starts
 * with {@code site-} becomes the route {@code TEMPLATE-SITE}.
 *
 * <p>A template may declare the parameters {@code site}, {@code dataDirectory} and {@code
 * walDirectory}.
 */
final class SiteTemplates {
  private static final String PREFIX = "site-";

  private SiteTemplates() {}

  /**
   * Makes every site's routes anew, once those of its store are there; a route of the same id is
   * replaced, and one whose template or site is gone is removed.
   */
  static void instantiate(CamelContext context, Collection<SiteConfig> sites) throws Exception {
    StoreRoutes.require(context, sites);
    Set<String> made = new HashSet<>();
    for (SiteConfig site : sites) {
      made.addAll(instantiate(context, site));
    }
    for (Route route : List.copyOf(context.getRoutes())) {
      if (route.getRouteId().startsWith(PREFIX) && !made.contains(route.getRouteId())) {
        remove(context, route);
      }
    }
  }

  /** Makes the routes of one site, none when it is not active; their ids. */
  static Set<String> instantiate(CamelContext context, SiteConfig site) {
    Set<String> made = new HashSet<>();
    List<RouteTemplateDefinition> templates =
        List.copyOf(((ModelCamelContext) context).getRouteTemplateDefinitions());
    for (RouteTemplateDefinition template : templates) {
      if (site.active() && template.getId().startsWith(PREFIX)) {
        made.add(instantiate(context, template.getId(), site));
      }
    }
    return made;
  }

  /** Removes the routes of one site, after the work in them that is under way. */
  static void remove(CamelContext context, SiteName site) throws Exception {
    for (Route route : List.copyOf(context.getRoutes())) {
      if (route.getRouteId().startsWith(PREFIX) && site.text().equals(route.getGroup())) {
        remove(context, route);
      }
    }
  }

  private static void remove(CamelContext context, Route route) throws Exception {
    context.getRouteController().stopRoute(route.getRouteId());
    context.removeRoute(route.getRouteId());
  }

  private static String instantiate(CamelContext context, String template, SiteConfig site) {
    String routeId = template + "-" + site.name();
    return TemplatedRouteBuilder.builder(context, template)
        .routeId(routeId)
        .prefixId(routeId)
        .parameter("site", site.name().text())
        .parameter("dataDirectory", site.dataDirectory().toString())
        .parameter("walDirectory", new DataDirectory(site.dataDirectory()).wal().toString())
        .handler(definition -> definition.getRoute().routeGroup(site.name().text()))
        .add();
  }
}
