// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.Causes;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up changes to the operator's route files while the service runs.
 *
 * <p>A change is first tried as a whole set in a Camel context of its own; only a set that would
 * start is applied, file by file, so that a broken edit stops nothing. A file that is deleted gives
 * its place back to the jar's route of that name.
 */
public final class RouteReload {
  private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);

  private static final long LONG_WORK_MILLIS = 5000;

  private final CamelContext context;
  private final Sites sites;
  private final RouteFiles files;
  private final ReloadTurn turn;

  /** A file as it was last looked at: when it changed, and how long it is. */
  private record Version(String location, FileTime changed, long size) {}

  private Map<String, Version> applied;
  private Map<String, Version> refused = Map.of();
  private Map<String, Version> seen = Map.of();
  private @Nullable String refusal;
  private @Nullable String said;

  public RouteReload(CamelContext context, Sites sites, RouteFiles files, ReloadTurn turn)
      throws IOException {
    this.context = context;
    this.sites = sites;
    this.files = files;
    this.turn = turn;
    this.applied = versions();
  }

  /** Looks for changes and applies them; called by the route {@code route-reload}. */
  public void check() throws Exception {
    turn.take(this::look);
  }

  private synchronized void look() throws IOException {
    Map<String, Version> now = versions();
    if (now.equals(applied)) {
      refused = Map.of();
      refusal = null;
      return;
    }
    if (now.equals(refused)) {
      return;
    }
    if (!now.equals(seen)) {
      // An editor may be at it: a save can be seen half done, or as a file that is gone.
      seen = now;
      return;
    }
    Set<String> changed = new TreeSet<>(now.keySet());
    changed.addAll(applied.keySet());
    changed.removeIf(name -> Objects.equals(now.get(name), applied.get(name)));
    try {
      tryOut(now);
    } catch (Exception e) {
      refuse(now, e);
      LOG.error(
          "The change of {} in {} is refused, and the routes stay as they were: {}",
          changed,
          files.directory(),
          refusal);
      return;
    }
    String busy = busyRoute(changed);
    if (busy != null) {
      sayOnce("The change of " + changed + " waits for the end of the work in route " + busy);
      return;
    }
    try {
      for (String name : changed) {
        apply(name, now.get(name));
      }
      if (changed.stream().anyMatch(RouteReload::isTemplate)) {
        SiteTemplates.instantiate(context, sites.config());
      }
      applied = now;
      refused = Map.of();
      refusal = null;
    } catch (Exception e) {
      refuse(now, e);
      LOG.error(
          "The change of {} in {} could not be applied: {}", changed, files.directory(), refusal);
    }
  }

  /**
   * A route of these files that has work of some length in flight, which replacing it would cut
   * off: a base backup, say. Short work is waited for when the route is stopped.
   */
  private @Nullable String busyRoute(Set<String> changed) {
    InflightRepository inflight = context.getInflightRepository();
    boolean longWork =
        inflight.browse().stream().anyMatch(exchange -> exchange.getDuration() > LONG_WORK_MILLIS);
    if (!longWork) {
      return null;
    }
    for (Route route : context.getRoutes()) {
      String id = route.getRouteId();
      if (inflight.size(id) > 0 && changed.stream().anyMatch(file -> makes(file, id))) {
        return id;
      }
    }
    return null;
  }

  /** Whether a route is that of the file's name, or of a site by the file's template. */
  private static boolean makes(String file, String routeId) {
    String stem = file.substring(0, file.indexOf('.'));
    return routeId.equals(stem) || (isTemplate(file) && routeId.startsWith(stem + "-"));
  }

  private static boolean isTemplate(String file) {
    return file.startsWith("site-");
  }

  private void sayOnce(String text) {
    if (!text.equals(said)) {
      said = text;
      LOG.info("{}", text);
    }
  }

  /** What is wrong with the files as they lie there now, or null when they are in force. */
  public synchronized @Nullable String refusal() {
    return refusal;
  }

  private void refuse(Map<String, Version> files, Exception failure) {
    refused = files;
    refusal = Causes.reason(failure);
  }

  private Map<String, Version> versions() throws IOException {
    Map<String, Version> versions = new TreeMap<>();
    for (Map.Entry<String, String> entry : files.locations().entrySet()) {
      String location = entry.getValue();
      if (location.startsWith("file:")) {
        Path file = Path.of(location.substring("file:".length()));
        versions.put(
            entry.getKey(),
            new Version(location, Files.getLastModifiedTime(file), Files.size(file)));
      } else {
        versions.put(entry.getKey(), new Version(location, FileTime.fromMillis(0), 0));
      }
    }
    return versions;
  }

  private void tryOut(Map<String, Version> candidate) throws Exception {
    try (DefaultCamelContext scratch =
        new DefaultCamelContext(new DefaultRegistry(context.getRegistry()))) {
      scratch.getPropertiesComponent().addPropertiesSource(new PropertiesOf(context));
      scratch.setAutoStartup(false);
      Converters.register(scratch);
      RoutesLoader loader = PluginHelper.getRoutesLoader(scratch);
      Map<String, String> owners = new HashMap<>();
      for (Map.Entry<String, Version> file : candidate.entrySet()) {
        Resource resource = resource(scratch, file.getValue());
        for (RoutesBuilder builder : loader.findRoutesBuilders(resource)) {
          if (builder instanceof RouteBuilder routes) {
            routes.setCamelContext(scratch);
            routes.configureRoutes(scratch);
            for (RouteDefinition route : routes.getRouteCollection().getRoutes()) {
              claim(owners, route, file.getKey());
            }
          }
          scratch.addRoutes(builder);
        }
      }
      scratch.start();
      SiteTemplates.instantiate(scratch, sites.config());
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

  private static void claim(Map<String, String> owners, RouteDefinition route, String file) {
    String id = route.getRouteId();
    String other = id == null ? null : owners.putIfAbsent(id, file);
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

  private void apply(String name, @Nullable Version version) throws Exception {
    Version before = applied.get(name);
    if (before != null) {
      // An added template does not replace one of the same id.
      for (RouteTemplateDefinition template :
          List.copyOf(((ModelCamelContext) context).getRouteTemplateDefinitions())) {
        if (isFrom(template.getResource(), before)) {
          ((ModelCamelContext) context).removeRouteTemplates(template.getId());
        }
      }
    }
    Set<String> kept = new HashSet<>();
    if (version != null) {
      kept.addAll(
          PluginHelper.getRoutesLoader(context).updateRoutes(List.of(resource(context, version))));
    }
    if (before != null) {
      for (Route route : List.copyOf(context.getRoutes())) {
        if (!kept.contains(route.getId()) && isFrom(route.getSourceResource(), before)) {
          context.getRouteController().stopRoute(route.getId());
          context.removeRoute(route.getId());
        }
      }
    }
    LOG.info(version == null ? "Route file {} removed" : "Route file {} in force", name);
  }

  private static boolean isFrom(@Nullable Resource resource, Version version) {
    return resource != null && resource.getLocation().equals(version.location());
  }

  private static Resource resource(CamelContext context, Version version) {
    return PluginHelper.getResourceLoader(context).resolveResource(version.location());
  }
}
