// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.Problem;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** A set of route files that cannot be used; it carries every problem that was found. */
public final class RouteRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  RouteRefusedException(List<Problem> problems) {
    super(problems.stream().map(RouteRefusedException::line).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** With the path of a file as each problem's path. */
  public List<Problem> problems() {
    return problems;
  }

  /** A problem in one line: the file, the line in it, the cause and the remedy. */
  public static String line(Problem problem) {
    return what(problem) + "; " + problem.remedy();
  }

  /** The same without the remedy. */
  public static String what(Problem problem) {
    String line = problem.line() == 0 ? "" : ", line " + problem.line();
    return problem.path() + line + ": " + problem.cause();
  }
}
