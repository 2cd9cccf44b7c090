// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;

/**
 * Tries a set of the operator's route files, with the jar's, in a Camel context of its own: whether
 * all of them would start, and whether what they call is there.
 *
 * @param context whose beans and properties the routes use
 * @param whole whether the files are all that there are; a restore has some alone, and what these
 *     call may be in one that it does not need
 */
record RouteTrial(CamelContext context, RouteFiles files, boolean whole) {
  /** What is known of a set while it is tried. */
  private static final class Findings {
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, String> owners = new HashMap<>();
    private final Set<String> consumed = new TreeSet<>();
  }

  /**
   * Returns when the set would start.
   *
   * @throws RouteRefusedException with what is wrong in which file
   */
  void run(RouteSet set, PghoardConfig config) throws RouteRefusedException {
    Findings found = new Findings();
    RouteFailure failure = new RouteFailure(files, set, found.owners);
    try (DefaultCamelContext scratch =
        new DefaultCamelContext(new DefaultRegistry(context.getRegistry()))) {
      scratch.getPropertiesComponent().addPropertiesSource(new PropertiesOf(context));
      scratch.setAutoStartup(false);
      scratch.setSourceLocationEnabled(true);
      Converters.register(scratch);
      for (Map.Entry<String, Resource> file : files.resources(scratch, set).entrySet()) {
        try {
          load(scratch, file.getKey(), file.getValue(), found);
        } catch (Exception e) {
          found.problems.add(failure.in(file.getKey(), e));
        }
      }
      if (whole && found.problems.isEmpty()) {
        callWhatIsThere(set, found, failure);
      }
      if (found.problems.isEmpty()) {
        scratch.start();
        SiteTemplates.instantiate(scratch, config);
      }
    } catch (Exception e) {
      found.problems.add(failure.of(e));
    }
    if (!found.problems.isEmpty()) {
      throw new RouteRefusedException(found.problems);
    }
  }

  private void callWhatIsThere(RouteSet set, Findings found, RouteFailure failure)
      throws Exception {
    RouteCallCheck calls = new RouteCallCheck(context.getRegistry(), found.consumed);
    for (Map.Entry<String, String> file : set.texts().entrySet()) {
      String name = file.getKey();
      List<RouteCallCheck.Wrong> wrong = calls.wrong(name, file.getValue());
      String shipped = files.shipped(name);
      RouteCallCheck.Wrong place =
          shipped == null ? null : RouteCallCheck.place(name, shipped, found.consumed);
      if (wrong.isEmpty() && place != null) {
        wrong = List.of(place);
      }
      wrong.forEach(each -> found.problems.add(failure.in(name, each)));
    }
    Set<String> configurations = configurations(set);
    for (Map.Entry<String, String> file : set.texts().entrySet()) {
      String name = file.getKey();
      String shipped = files.shipped(name);
      Optional.ofNullable(
              RouteConfigurations.in(name, file.getValue())
                  .missing(
                      shipped == null ? null : RouteConfigurations.in(name, shipped),
                      configurations))
          .ifPresent(wrong -> found.problems.add(failure.in(name, wrong)));
    }
  }

  /** The route configurations of all files. */
  private Set<String> configurations(RouteSet set) throws Exception {
    Set<String> there = new TreeSet<>();
    for (Map.Entry<String, String> file : set.texts().entrySet()) {
      there.addAll(RouteConfigurations.in(file.getKey(), file.getValue()).there());
    }
    for (String name : files.shippedNames()) {
      String shipped = files.shipped(name);
      if (shipped != null && !set.texts().containsKey(name)) {
        there.addAll(RouteConfigurations.in(name, shipped).there());
      }
    }
    return there;
  }

  private static void load(
      DefaultCamelContext scratch, String name, Resource resource, Findings found)
      throws Exception {
    for (RoutesBuilder builder :
        PluginHelper.getRoutesLoader(scratch).findRoutesBuilders(resource)) {
      if (builder instanceof RouteBuilder routes) {
        routes.setCamelContext(scratch);
        routes.configureRoutes(scratch);
        for (RouteDefinition route : routes.getRouteCollection().getRoutes()) {
          claim(found, route, name);
        }
        for (RouteTemplateDefinition template :
            routes.getRouteTemplateCollection().getRouteTemplates()) {
          consume(found, template.getRoute());
        }
      }
      scratch.addRoutes(builder);
    }
  }

  private static void claim(Findings found, RouteDefinition route, String file) {
    consume(found, route);
    String id = route.getRouteId();
    String other = id == null ? null : found.owners.putIfAbsent(id, file);
    if (other != null) {
      throw new IllegalArgumentException(
          "the route id "
              + id
              + " is in "
              + other
              + " and in "
              + file
              + "; give one of them another id, or name the file "
              + other
              + " to replace it");
    }
  }

  private static void consume(Findings found, @Nullable RouteDefinition route) {
    if (route != null && route.getInput() != null) {
      found.consumed.add(
          route
              .getInput()
              .getEndpointUri()
              .replaceFirst("\\?[^}]*$", "")
              .replaceFirst("^direct://", "direct:"));
    }
  }

  /** Another context's properties; its component itself would be stopped with the scratch. */
  private record PropertiesOf(CamelContext context) implements PropertiesSource {
    @Override
    public String getName() {
      return "properties of " + context.getName();
    }

    @Override
    public @Nullable String getProperty(String name) {
      return context.getPropertiesComponent().resolveProperty(name).orElse(null);
    }
  }
}
