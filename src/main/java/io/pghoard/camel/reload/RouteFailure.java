// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.Causes;
import io.pghoard.config.FileFailure;
import io.pghoard.config.Problem;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Finds the file and the line that a failure of Camel's is about.
 *
 * @param set the operator's files that were tried
 * @param owners file names by the ids of their routes
 */
record RouteFailure(RouteFiles files, RouteSet set, Map<String, String> owners) {
  private static final Pattern LINE = Pattern.compile("\\bline:? (\\d+)");

  /** Camel's places: file:/etc/pghoard/routes/alert-raise.camel.yaml:12. */
  private static final Pattern PLACE =
      Pattern.compile("([A-Za-z0-9_.-]+\\.camel\\.(?:yaml|xml))(?::(\\d+))?");

  /** What failed when this file was read. */
  Problem in(String file, Exception failure) {
    return problem(file, line(failure), reason(failure));
  }

  Problem in(String file, RouteCallCheck.Wrong wrong) {
    return problem(file, wrong.line(), wrong.cause());
  }

  /** What failed when all files had been read. */
  Problem of(Exception failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String id = null;
      String place = null;
      if (each instanceof FailedToCreateRouteException create) {
        id = create.getRouteId();
        place = create.getLocation();
      } else if (each instanceof FailedToStartRouteException start) {
        id = start.getRouteId();
        place = start.getLocation();
      }
      Matcher at = PLACE.matcher(place == null ? "" : place);
      if (at.find()) {
        return problem(at.group(1), number(at.group(2)), reason(failure));
      }
      String owner = id == null ? null : owner(id);
      if (owner != null) {
        return problem(owner, 0, reason(failure));
      }
    }
    return problem(null, 0, reason(failure));
  }

  /** The file of a route; a site's is called after its template. */
  private @Nullable String owner(String id) {
    String owner = owners.get(id);
    if (owner != null) {
      return owner;
    }
    return set.texts().keySet().stream()
        .filter(name -> id.startsWith(name.substring(0, name.indexOf('.')) + "-"))
        .findFirst()
        .orElse(null);
  }

  private Problem problem(@Nullable String file, int line, String cause) {
    if (file == null) {
      return new Problem(
          files.directory().toString(), 0, 0, cause, "correct what was changed in it");
    }
    String remedy =
        files.isBundled(file)
            ? "correct the file, or remove it to use the shipped route"
            : "correct the file, or remove it";
    return new Problem(files.directory().resolve(file).toString(), line, 0, cause, remedy);
  }

  private static int line(Exception failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof MarkedYamlEngineException marked && marked.getProblemMark().isPresent()) {
        return marked.getProblemMark().get().getLine() + 1;
      }
    }
    Matcher line = LINE.matcher(Causes.reason(failure));
    return line.find() ? number(line.group(1)) : 0;
  }

  private static int number(@Nullable String digits) {
    return digits == null || digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }

  /** One line, without the excerpt of the file that Camel adds. */
  private static String reason(Exception failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String message =
          each instanceof MarkedYamlEngineException marked && marked.getProblem() != null
              ? marked.getProblem()
              : FileFailure.reason(each);
      String line = List.of(message.split("\\R", -1)).get(0).strip();
      if (!line.isEmpty() && text.indexOf(line) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(line);
      }
    }
    return text.toString();
  }
}
