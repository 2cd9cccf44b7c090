// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A pghoard.json that cannot be used: it carries every problem of the file, not the first one. Its
 * message has a line for each.
 */
public final class ConfigException extends IOException {
  private static final long serialVersionUID = 1L;

  private final List<Problem> problems;
  private final List<String> lines;

  /**
   * @param problems in the order of the file, at least one
   */
  public ConfigException(Path file, List<Problem> problems) {
    this(problems, problems.stream().map(problem -> line(file, problem)).toList());
  }

  private ConfigException(List<Problem> problems, List<String> lines) {
    super(String.join("\n", lines));
    this.problems = List.copyOf(problems);
    this.lines = lines;
  }

  public List<Problem> problems() {
    return problems;
  }

  /** One line a problem, each with the file's name and the line in it, as compilers write them. */
  public List<String> lines() {
    return lines;
  }

  private static String line(Path file, Problem problem) {
    String place = problem.line() == 0 ? "" : ":" + problem.line() + ":" + problem.column();
    String path = problem.path().equals("$") ? "" : ": " + problem.path();
    return file + place + path + ": " + problem.cause() + "; " + problem.remedy();
  }
}
