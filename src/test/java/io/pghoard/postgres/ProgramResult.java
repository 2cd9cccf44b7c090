// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.List;

/**
 * What a program that has ended left: its command line, its exit status and all that it printed.
 */
public record ProgramResult(List<String> command, int status, String output, String errors) {

  /** This result, when the program ended with 0; otherwise an error that shows all of it. */
  public ProgramResult orFail() {
    if (status != 0) {
      throw new IllegalStateException(toString());
    }
    return this;
  }

  /** The lines of the standard output. */
  public List<String> lines() {
    return output.lines().toList();
  }

  @Override
  public String toString() {
    return "%s: exit status %d%n%s%s".formatted(String.join(" ", command), status, output, errors);
  }
}
