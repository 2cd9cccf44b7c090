// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The operator's queries: statements that each end with a semicolon at the end of a line. */
public final class DrillQueries {
  private static final Pattern END = Pattern.compile(";[ \\t\\r]*(?:\\n|$)");
  private static final Pattern COMMENT_LINE = Pattern.compile("(?m)^\\s*--.*$");

  private DrillQueries() {}

  /** The statements of a file; lines that begin with {@code --} are comments. */
  public static List<String> of(String text) {
    List<String> queries = new ArrayList<>();
    for (String part : END.split(COMMENT_LINE.matcher(text).replaceAll(""), -1)) {
      if (!part.isBlank()) {
        queries.add(part.strip());
      }
    }
    return List.copyOf(queries);
  }
}
