// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One route file as plain maps and lists, with what can be said of it alone.
 *
 * @param stem the file's name without its suffix
 * @param items the list that the file is
 */
record RouteFile(String stem, List<Map<String, Object>> items) {
  private static final int MOST_STEPS = 12;
  private static final int DEEPEST_NESTING = 2;

  private static final Set<String> SCRIPTS =
      Set.of("script", "groovy", "js", "joor", "java", "python", "mvel", "ognl", "spel");

  /** Where an endpoint's URI may stand as plain text. */
  private static final Set<String> ENDPOINTS =
      Set.of("uri", "to", "toD", "from", "wireTap", "enrich", "pollEnrich", "poll");

  /** What a file may be: one of these, of which restConfiguration only goes with a rest. */
  private static final Set<String> KINDS =
      Set.of("route", "routeTemplate", "rest", "restConfiguration", "routeConfiguration");

  boolean isConfiguration() {
    return !items.isEmpty()
        && items.stream().allMatch(item -> item.containsKey("routeConfiguration"));
  }

  List<String> breaches() {
    List<String> breaches = new ArrayList<>();
    List<Map<String, Object>> mains =
        items.stream().filter(item -> !item.containsKey("restConfiguration")).toList();
    items.stream()
        .flatMap(item -> item.keySet().stream())
        .filter(kind -> !KINDS.contains(kind))
        .forEach(kind -> breaches.add("a " + kind + " has no place in a route file"));
    if (!isConfiguration()) {
      if (mains.size() != 1) {
        breaches.add("one route a file, but there are " + mains.size());
      }
      mains.forEach(item -> breaches.addAll(identity(item)));
    }
    breaches.addAll(size());
    everyEntry(items, (key, value) -> breaches.addAll(entry(key, value)));
    return breaches.stream().map(breach -> stem + ": " + breach).toList();
  }

  /** The name of the direct endpoint that the route starts with. */
  Optional<String> consumed() {
    return items.stream()
        .map(RouteFile::route)
        .flatMap(route -> directIn(route.get("from")).stream())
        .findFirst();
  }

  /** The names of all direct endpoints in the file. */
  Set<String> directs() {
    Set<String> names = new TreeSet<>();
    everyEntry(
        items,
        (key, value) -> {
          if (ENDPOINTS.contains(key) && value instanceof String uri && uri.startsWith("direct:")) {
            names.add(uri.substring("direct:".length()).replaceFirst("\\?.*", ""));
          } else {
            directIn(value).ifPresent(names::add);
          }
        });
    return names;
  }

  /** The scheme of the endpoint that the route starts with, when that is no other route. */
  Optional<String> source() {
    return items.stream()
        .map(item -> map(route(item).get("from")).get("uri"))
        .filter(uri -> uri instanceof String text && !scheme(text).equals("direct"))
        .map(uri -> scheme((String) uri))
        .findFirst();
  }

  /** The schemes of Camel's components that the route itself calls, beside its beans and routes. */
  Set<String> components() {
    Set<String> schemes = new TreeSet<>();
    everyEntry(
        items,
        (key, value) -> {
          if (ENDPOINTS.contains(key) && value instanceof String uri) {
            schemes.add(scheme(uri));
          }
        });
    schemes.removeAll(Set.of("direct", "bean", "log"));
    source().ifPresent(schemes::remove);
    return schemes;
  }

  private static String scheme(String uri) {
    return uri.replaceFirst(":.*", "");
  }

  private List<String> identity(Map<String, Object> item) {
    List<String> breaches = new ArrayList<>();
    boolean template = item.containsKey("routeTemplate");
    Map<String, Object> main = map(item.values().iterator().next());
    if (!stem.equals(main.get("id"))) {
      breaches.add("the id is " + main.get("id") + "; a route is called as its file");
    }
    if (template != stem.startsWith("site-")) {
      breaches.add("a site's template is called site-..., and nothing else is");
    }
    Object description = template ? route(item).get("description") : main.get("description");
    Object described = description == null ? main.get("description") : description;
    if (!(described instanceof String text) || !text.endsWith(".")) {
      breaches.add("no description that ends in a full stop");
    }
    consumed()
        .filter(name -> !name.equals(stem))
        .ifPresent(name -> breaches.add("starts with direct:" + name + "; say direct:" + stem));
    return breaches;
  }

  private List<String> size() {
    List<Object> lists = new ArrayList<>();
    everyEntry(
        items, (key, value) -> lists.addAll(key.equals("steps") ? List.of(value) : List.of()));
    int steps = lists.stream().mapToInt(list -> list instanceof List<?> all ? all.size() : 0).sum();
    List<String> breaches = new ArrayList<>();
    if (steps > MOST_STEPS) {
      breaches.add(steps + " steps, more than " + MOST_STEPS + "; make a route of some of them");
    }
    int nesting = depth(items) - 1;
    if (nesting > DEEPEST_NESTING) {
      breaches.add(nesting + " levels of nesting, more than " + DEEPEST_NESTING);
    }
    return breaches;
  }

  private static List<String> entry(String key, @Nullable Object value) {
    List<String> breaches = new ArrayList<>();
    if (SCRIPTS.contains(key)) {
      breaches.add("a " + key + " in it; Java says what a step means: call a bean");
    }
    if (ENDPOINTS.contains(key) && value instanceof String uri) {
      if (uri.contains("?")) {
        breaches.add(uri + " has options in its URI; write them under parameters:");
      }
      if (uri.startsWith("timer:") || uri.equals("timer")) {
        breaches.add(
            uri + " stands still while a clock that was set back catches up; use scheduler:");
      }
      if (uri.startsWith("direct:") && (uri.contains("${") || uri.contains("{{"))) {
        breaches.add(uri + " is put together at run time; choose between plain names");
      }
    }
    if (key.equals("streamCache") && !(value instanceof Boolean)) {
      breaches.add("streamCache is " + value + " as text; write true or false without quotes");
    }
    return breaches;
  }

  private static Map<String, Object> route(Map<String, Object> item) {
    Map<String, Object> template = map(item.get("routeTemplate"));
    return map(template.isEmpty() ? item.get("route") : template.getOrDefault("route", template));
  }

  /** The direct endpoint in {uri: direct:x} or {uri: direct, parameters: {name: x}}. */
  private static Optional<String> directIn(@Nullable Object endpoint) {
    Object uri = endpoint instanceof String ? endpoint : map(endpoint).get("uri");
    if (uri instanceof String text && text.startsWith("direct:")) {
      return Optional.of(text.substring("direct:".length()).replaceFirst("\\?.*", ""));
    }
    return "direct".equals(uri)
        ? Optional.of(String.valueOf(map(map(endpoint).get("parameters")).get("name")))
        : Optional.empty();
  }

  private static int depth(@Nullable Object node) {
    if (node instanceof List<?> list) {
      return list.stream().mapToInt(RouteFile::depth).max().orElse(0);
    }
    return map(node).entrySet().stream()
        .mapToInt(entry -> depth(entry.getValue()) + (entry.getKey().equals("steps") ? 1 : 0))
        .max()
        .orElse(0);
  }

  private static void everyEntry(@Nullable Object node, Visit visit) {
    if (node instanceof List<?> list) {
      list.forEach(element -> everyEntry(element, visit));
      return;
    }
    map(node)
        .forEach(
            (key, value) -> {
              visit.entry(key, value);
              everyEntry(value, visit);
            });
  }

  /** A node as a map; what is none is empty. */
  static Map<String, Object> map(@Nullable Object node) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (node instanceof Map<?, ?> entries) {
      entries.forEach((key, value) -> map.put(String.valueOf(key), value == null ? "" : value));
    }
    return map;
  }

  private interface Visit {
    void entry(String key, Object value);
  }
}
