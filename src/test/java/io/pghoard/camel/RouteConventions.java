// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What every route file keeps beyond what Camel checks when it starts.
 *
 * @param routes the directory of the route files
 * @param tests the root of the test sources
 * @param documentation the page that names every route
 */
record RouteConventions(Path routes, Path tests, Path documentation) {
  private static final String SUFFIX = ".camel.yaml";

  private static final Pattern STORAGE = Pattern.compile("repository-(?:put|get|list|delete)-(.+)");

  /** Every breach, each with its file, what is wrong and what to do; none is an empty list. */
  List<String> breaches() throws IOException {
    Map<String, RouteFile> files = new TreeMap<>();
    List<String> breaches = new ArrayList<>();
    for (Path path : listed(routes)) {
      String name = path.getFileName().toString();
      if (name.endsWith(SUFFIX)) {
        String stem = name.substring(0, name.length() - SUFFIX.length());
        files.put(stem, new RouteFile(stem, read(path)));
      } else {
        breaches.add(name + ": not a route file; call it <route id>" + SUFFIX);
      }
    }
    if (files.isEmpty()) {
      breaches.add("no route in " + routes + ": look in the right directory");
    }
    files.values().forEach(file -> breaches.addAll(file.breaches()));
    breaches.addAll(unansweredDirects(files));
    breaches.addAll(untested(files));
    breaches.addAll(undocumented(files.keySet()));
    return breaches;
  }

  private static List<String> unansweredDirects(Map<String, RouteFile> files) {
    Set<String> consumed = new TreeSet<>();
    files.values().forEach(file -> file.consumed().ifPresent(consumed::add));
    List<String> breaches = new ArrayList<>();
    for (RouteFile file : files.values()) {
      for (String used : file.directs()) {
        if (!consumed.contains(used)) {
          breaches.add(file.stem() + ": direct:" + used + " has no route; add " + used + SUFFIX);
        }
      }
    }
    return breaches;
  }

  private List<String> untested(Map<String, RouteFile> files) throws IOException {
    Set<String> classes;
    try (Stream<Path> all = Files.walk(tests)) {
      classes = all.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
    }
    List<String> breaches = new ArrayList<>();
    for (RouteFile file : files.values()) {
      String name = testName(file.stem());
      if (!file.isConfiguration()
          && !classes.contains(name + "Test.java")
          && !classes.contains(name + "IT.java")) {
        breaches.add(file.stem() + ": no test; add a " + name + "Test or " + name + "IT");
      }
    }
    return breaches;
  }

  private List<String> undocumented(Set<String> stems) throws IOException {
    String page = Files.exists(documentation) ? Files.readString(documentation) : "";
    return stems.stream()
        .filter(stem -> page.lines().noneMatch(line -> isRowOf(stem, line)))
        .map(stem -> stem + ": no line in " + documentation + "; add \"| `" + stem + "` | ...\"")
        .toList();
  }

  /** A row begins with the route's name; the four routes of a type of storage share one. */
  private static boolean isRowOf(String stem, String line) {
    Matcher storage = STORAGE.matcher(stem);
    return line.startsWith("| `" + stem + "` |")
        || (storage.matches() && line.startsWith("| `repository-put-" + storage.group(1) + "`,"));
  }

  /**
   * The four routes of a type of storage are tested together, by the contract of stores; and so are
   * the empty routes.
   */
  private static String testName(String stem) {
    if (stem.startsWith("on-")) {
      return "Hooks";
    }
    Matcher storage = STORAGE.matcher(stem);
    return storage.matches() ? className(storage.group(1)) + "Storage" : className(stem);
  }

  /** wal-archive is tested by WalArchiveTest. */
  private static String className(String stem) {
    return Stream.of(stem.split("-", -1))
        .map(
            word -> word.isEmpty() ? "" : Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }

  private static List<Path> listed(Path directory) throws IOException {
    List<Path> paths = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
        all.forEach(paths::add);
      }
    }
    return paths;
  }

  /** A route file of the directory, by its name without its suffix. */
  RouteFile file(String stem) throws IOException {
    return new RouteFile(stem, read(routes.resolve(stem + SUFFIX)));
  }

  private static List<Map<String, Object>> read(Path path) throws IOException {
    Object document =
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(path));
    if (!(document instanceof List<?> items)) {
      return List.of();
    }
    return items.stream().map(RouteFile::map).collect(Collectors.toCollection(ArrayList::new));
  }
}
