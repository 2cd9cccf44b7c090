// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import java.util.Set;
import org.apache.camel.support.PatternHelper;
import org.jspecify.annotations.Nullable;

/**
 * The route configurations that a file has, and those that its routes ask for: Camel starts a route
 * whose configuration is not there, without any handling of its failures.
 *
 * @param there their ids
 * @param wanted the ids that routes ask for, or patterns of them
 */
record RouteConfigurations(Set<String> there, Set<String> wanted) {
  /** Those of a file, YAML or XML. */
  static RouteConfigurations in(String name, String text) throws Exception {
    RouteCallReader reader = new RouteCallReader(name, text);
    return new RouteConfigurations(reader.configurations(), reader.wantedConfigurations());
  }

  /**
   * What this file asks for, or takes away from the shipped routes whose place it takes.
   *
   * @param shipped those of the file whose place it takes, or null
   * @param all the ids that all files have together
   * @return null when nothing is missing
   */
  RouteCallCheck.@Nullable Wrong missing(@Nullable RouteConfigurations shipped, Set<String> all) {
    for (String id : wanted) {
      String[] patterns = id.split(",", -1);
      if (!id.contains("{")
          && all.stream().noneMatch(each -> PatternHelper.matchPatterns(each, patterns))) {
        return new RouteCallCheck.Wrong(
            0, "it asks for the route configuration %s, which no file has".formatted(id));
      }
    }
    if (shipped != null) {
      for (String id : shipped.there) {
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
}
