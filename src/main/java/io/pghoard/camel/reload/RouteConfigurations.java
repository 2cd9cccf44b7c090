// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The route configurations that a file has, and those that its routes ask for: Camel starts a route
 * whose configuration is not there, without any handling of its failures.
 *
 * @param there their ids
 * @param wanted the ids that routes ask for
 */
record RouteConfigurations(Set<String> there, Set<String> wanted) {
  private static final Pattern THERE =
      Pattern.compile(
          "routeConfiguration:\\s*\\n\\s+id:\\s*[\"']?([\\w-]+)"
              + "|<routeConfiguration\\b[^>]*\\bid=\"([\\w-]+)\"");
  private static final Pattern WANTED =
      Pattern.compile("routeConfigurationId(?:: *[\"']?|=\")([\\w-]+)");

  /** Those of a file, YAML or XML. */
  static RouteConfigurations in(String text) {
    return new RouteConfigurations(all(THERE, text), all(WANTED, text));
  }

  /**
   * What this file asks for, or takes away from the shipped routes whose place it takes.
   *
   * @param shipped the text whose place it takes, or null
   * @param all the ids that all files have together
   * @return null when nothing is missing
   */
  RouteCallCheck.@Nullable Wrong missing(@Nullable String shipped, Set<String> all) {
    for (String id : wanted) {
      if (!all.contains(id)) {
        return new RouteCallCheck.Wrong(
            0, "it asks for the route configuration %s, which no file has".formatted(id));
      }
    }
    if (shipped != null) {
      for (String id : in(shipped).there) {
        if (!all.contains(id)) {
          return new RouteCallCheck.Wrong(
              0,
              "it has no route configuration %s, and the shipped file of that name has: routes ask for it to handle their failures"
                  .formatted(id));
        }
      }
    }
    return null;
  }

  private static Set<String> all(Pattern pattern, String text) {
    Set<String> ids = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          ids.add(matcher.group(group));
        }
      }
    }
    return ids;
  }
}
