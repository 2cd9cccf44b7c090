// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pictures of docs/routes.md: each of its sections with a Mermaid block and a table of routes
 * is a flow, and the block is drawn from the files of those routes.
 */
record RoutePictures(RouteConventions conventions) {
  private static final Pattern SECTION =
      Pattern.compile("(?s)(```mermaid\n)(.*?)(```\n)(.*?)(?=\n#|\\z)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:`[a-z0-9-]+`(?:, )?)+) \\|");
  private static final Pattern NAME = Pattern.compile("`([a-z0-9-]+)`");

  /** The page as it should be. */
  String page() throws IOException {
    Matcher section = SECTION.matcher(Files.readString(conventions.documentation()));
    StringBuilder page = new StringBuilder();
    while (section.find()) {
      String drawn = picture(routes(section.group(4)));
      section.appendReplacement(
          page,
          Matcher.quoteReplacement(section.group(1) + drawn + section.group(3) + section.group(4)));
    }
    return section.appendTail(page).toString();
  }

  /** The routes of a table; a row of a type of storage begins with one, and shortens the others. */
  private static List<String> routes(String section) {
    List<String> routes = new ArrayList<>();
    Matcher row = ROW.matcher(section);
    while (row.find()) {
      Matcher name = NAME.matcher(row.group(1));
      while (name.find()) {
        String stem = name.group(1);
        routes.add(stem.startsWith("-") ? "repository" + stem : stem);
      }
    }
    return routes;
  }

  private String picture(List<String> stems) throws IOException {
    Set<String> lines = new LinkedHashSet<>();
    for (String stem : stems) {
      RouteFile file = conventions.file(stem);
      file.source().ifPresent(scheme -> lines.add(edge(outside(scheme), node(stem))));
      for (String target : file.directs()) {
        if (!file.consumed().equals(Optional.of(target))) {
          lines.add(edge(node(stem), node(target)));
        }
      }
      for (String scheme : file.components()) {
        lines.add(edge(node(stem), outside(scheme)));
      }
    }
    return "flowchart LR\n" + String.join("", lines);
  }

  private static String edge(String from, String to) {
    return "  " + from + " --> " + to + "\n";
  }

  private static String node(String stem) {
    return stem.replace('-', '_') + "[" + stem + "]";
  }

  /** Of Camel's own: what starts a flow, or where it ends. */
  private static String outside(String scheme) {
    return "camel_" + scheme.replace('-', '_') + "([" + scheme + "])";
  }
}
