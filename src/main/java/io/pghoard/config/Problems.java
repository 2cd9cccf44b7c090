// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The problems found so far, so that all of them are told at once. */
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  void add(Place place, String cause, String remedy) {
    found.add(Problem.at(place, cause, remedy));
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** All of them, in the order of the file. */
  List<Problem> inOrder() {
    return found.stream()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }
}
