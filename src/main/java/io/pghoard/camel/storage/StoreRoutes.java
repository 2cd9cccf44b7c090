// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.RoutedStorage;
import io.pghoard.config.SiteConfig;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;

/** The routes that a store of the operator's own consists of. */
public final class StoreRoutes {
  private static final List<String> VERBS = List.of("put", "get", "list", "delete");

  private StoreRoutes() {}

  static String name(String verb, RoutedStorage storage) {
    return "repository-" + verb + "-" + storage.name();
  }

  /**
   * Refuses sites whose store has not all of its routes: a misspelt name would otherwise be found
   * when the first segment is to be archived.
   *
   * @throws IOException that names the site and the routes
   */
  public static void require(CamelContext context, Collection<SiteConfig> sites)
      throws IOException {
    Set<String> there =
        ((ModelCamelContext) context)
            .getRouteDefinitions().stream()
                .map(route -> route.getInput().getEndpointUri())
                .collect(Collectors.toSet());
    for (SiteConfig site : sites) {
      if (site.storage() instanceof RoutedStorage storage) {
        List<String> missing =
            VERBS.stream()
                .map(verb -> name(verb, storage))
                .filter(name -> !there.contains("direct:" + name))
                .toList();
        if (!missing.isEmpty()) {
          throw new IOException(
              "the store of site %s is named %s, but there is no route from direct:%s; put the routes into files named repository-...camel.yaml in routes_directory, or correct the name"
                  .formatted(site.name(), storage.name(), String.join(", direct:", missing)));
        }
      }
    }
  }
}
